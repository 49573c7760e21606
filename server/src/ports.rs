//! What the server needs to know of accounts and access keys; `adapters/` says who tells it.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Caller, Entropy, Result, Sensitive, Timestamp};

/// An access key as the server checks signatures with it.
pub struct Credential {
    /// `AKIA…` or `ASIA…`.
    pub access_key_id: String,
    /// The 12 digits of the account that owns it.
    pub account: String,
    /// The secret access key.
    pub secret: Sensitive<String>,
    /// Rises whenever secret, state or policies change.
    pub generation: u64,
    /// Whether it may be used.
    pub active: bool,
    /// Who calls with it.
    pub caller: Arc<Caller>,
}

/// A new access key: the only time that its secret is shown.
pub struct NewAccessKey {
    /// `AKIA…`.
    pub id: String,
    /// The secret access key.
    pub secret: Sensitive<String>,
}

/// Accounts, their access keys, and sessions.
pub trait Identities: Send + Sync {
    /// The long-term access key of this id; `None` if there is none.
    fn credential<'a>(
        &'a self,
        access_key_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>>;

    /// The temporary credential that `token` vouches for; `None` if the two do not belong together.
    ///
    /// # Errors
    /// `ExpiredToken` for a genuine session that is over.
    fn session<'a>(
        &'a self,
        access_key_id: &'a str,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>>;

    /// Creates the account; one that exists already is left as it is, and the answer is `false`.
    fn create_account<'a>(
        &'a self,
        account: &'a str,
        now: Timestamp,
        entropy: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<bool>>;

    /// Makes an access key of the account's root user.
    fn create_root_access_key<'a>(
        &'a self,
        account: &'a str,
        now: Timestamp,
        entropy: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<NewAccessKey>>;

    /// Gives the account's root user this access key: `test` with the secret `test` under `--dev`.
    fn put_root_access_key<'a>(
        &'a self,
        account: &'a str,
        id: &'a str,
        secret: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<()>>;

    /// The accounts, in order.
    fn accounts(&self) -> BoxFuture<'_, Result<Vec<String>>>;
}
