//! The port to IAM: whom sessions are issued for, and what they may do now.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Organization, Policies, Result};
use strongroom_policy::{Named, Policy};

/// A user, role or root user, with its policies as they are now.
#[derive(Debug)]
pub struct Principal {
    /// The 12 digits of its account.
    pub account: String,
    /// Its ARN.
    pub arn: String,
    /// Its unique id; the account id of a root user.
    pub id: String,
    /// Its name; empty for a root user.
    pub name: String,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// Its policies, compiled.
    pub policies: Policies,
    /// The organization of its account.
    pub organization: Option<Organization>,
}

/// A role, as somebody who wants to assume it sees it.
#[derive(Debug)]
pub struct Role {
    /// The role as a principal.
    pub principal: Principal,
    /// Who may assume it.
    pub trust: Policy,
    /// The longest session, in seconds.
    pub max_session_seconds: i64,
}

/// An OpenID Connect provider that is registered in an account.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its ARN.
    pub arn: String,
    /// The audiences that it issues tokens for.
    pub client_ids: Vec<String>,
}

/// Knows users, roles and providers; IAM implements it.
pub trait Principals: Send + Sync {
    /// The role of this name.
    fn role<'a>(&'a self, account: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<Role>>>;

    /// The user with this unique id, or the root user whose id is its account's.
    fn user<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Principal>>>;

    /// A managed policy, to be a session policy.
    fn managed_policy<'a>(
        &'a self,
        account: &'a str,
        arn: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Named>>>>;

    /// The provider that is registered in `account` for this URL (without scheme).
    fn provider<'a>(
        &'a self,
        account: &'a str,
        url: &'a str,
    ) -> BoxFuture<'a, Result<Option<Provider>>>;

    /// Whether the host of this ARN is enrolled. Asked on each request of a host's session.
    fn is_enrolled<'a>(&'a self, host_arn: &'a str) -> BoxFuture<'a, Result<bool>>;

    /// A number that rises whenever anything changes that decides about principals of `account`.
    /// Asked on each request.
    fn generation<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<u64>>;
}
