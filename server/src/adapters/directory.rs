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
            // `123456789012` and `arn:aws:iam::123456789012:root` both mean the account. It may live
            // on another installation, so every account that could be one counts as existing.
            let account = match principal.strip_prefix("arn:aws:iam::") {
                Some(rest) => rest.strip_suffix(":root"),
                None => Some(principal),
            };
            let is_account = |id: &str| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit());
            if account.is_some_and(is_account) {
                return Ok(true);
            }
            self.0.principal_exists(principal).await
        })
    }
}
