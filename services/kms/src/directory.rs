//! Which principals exist: the port to IAM.

use strongroom_api::{BoxFuture, Result};
use strongroom_policy::Policy;

/// What this service needs from IAM: key policies name users and roles by ARN and mean them by unique
/// id, so that a role that is deleted and made anew is not let in again.
pub trait Directory: Send + Sync {
    /// The document with unique ids in place of the ARNs of users and roles; `None` if one of its
    /// principals does not exist.
    fn with_ids<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<Option<String>>>;

    /// The document with ARNs in place of the unique ids of users and roles that still exist.
    fn with_arns<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<String>>;

    /// What a grant's principal is known by: the unique id of a user or role, the text itself of
    /// anybody else; `None` if there is no such principal.
    fn identify<'a>(&'a self, principal: &'a str) -> BoxFuture<'a, Result<Option<String>>>;
}

/// Knows nobody and takes policies as they are written: for a KMS without IAM beside it.
pub struct AsWritten;

impl Directory for AsWritten {
    fn with_ids<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move { Ok(Some(policy.with_principals_replaced(|_| None))) })
    }

    fn with_arns<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move { Ok(policy.with_principals_replaced(|_| None)) })
    }

    fn identify<'a>(&'a self, principal: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move { Ok(Some(principal.to_owned())) })
    }
}
