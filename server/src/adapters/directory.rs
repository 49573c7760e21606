//! Which principals exist, from IAM.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Error};
use strongroom_iam::Iam;
use strongroom_policy::Policy;
use strongroom_secretsmanager::policy::Directory;

/// The port `Directory` of Secrets Manager and that of KMS over IAM.
pub struct IamDirectory(pub Arc<Iam>);

impl Directory for IamDirectory {
    fn with_ids<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<Option<String>, Error>> {
        Box::pin(async move { Ok(self.0.with_ids(policy).await?.ok()) })
    }

    fn with_arns<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(self.0.with_arns(policy))
    }
}

impl strongroom_kms::Directory for IamDirectory {
    fn with_ids<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<Option<String>, Error>> {
        Directory::with_ids(self, policy)
    }

    fn with_arns<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<String, Error>> {
        Directory::with_arns(self, policy)
    }

    fn identify<'a>(&'a self, principal: &'a str) -> BoxFuture<'a, Result<Option<String>, Error>> {
        Box::pin(self.0.identify(principal))
    }
}
