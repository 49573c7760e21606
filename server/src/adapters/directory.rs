//! Which principals exist, from IAM.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Error};
use strongroom_iam::Iam;
use strongroom_secretsmanager::policy::Directory;

/// The port `Directory` of Secrets Manager over IAM.
pub struct IamDirectory(pub Arc<Iam>);

impl Directory for IamDirectory {
    fn exists<'a>(&'a self, principal: &'a str) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            // `123456789012` and `arn:aws:iam::123456789012:root` both mean the account.
            let account = match principal.strip_prefix("arn:aws:iam::") {
                Some(rest) => rest.strip_suffix(":root"),
                None => Some(principal),
            };
            match account {
                Some(account) => self.0.account_exists(account).await,
                None => Ok(false),
            }
        })
    }
}
