//! The port to IAM: what an account is outside organizations.

use strongroom_api::{BoxFuture, Circumstances, Result};

/// An account that is to be created.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'a> {
    /// Its 12 digits.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The address of its root user.
    pub email: &'a str,
    /// The role in it that the management account may assume: `OrganizationAccountAccessRole`.
    pub role_name: &'a str,
    /// The management account.
    pub management: &'a str,
}

/// Makes accounts and knows which there are; IAM implements it.
pub trait Accounts: Send + Sync {
    /// Whether there is such an account.
    fn exists<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool>>;

    /// Makes the account, and in it the role: with the policy AdministratorAccess, and trusting the
    /// management account. What exists of it already stays as it is, so that it can be begun anew.
    fn create_account<'a>(
        &'a self,
        account: NewAccount<'a>,
        circumstances: &'a Circumstances<'a>,
    ) -> BoxFuture<'a, Result<()>>;
}

/// The role that AWS makes when a request names none.
pub const DEFAULT_ROLE: &str = "OrganizationAccountAccessRole";
