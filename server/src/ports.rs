//! What the server needs to know of accounts and access keys; `adapters/` says who tells it.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Entropy, Result, Timestamp};

pub use strongroom_iam::{Credential, NewAccessKey};

use crate::uses::Use;

/// Deliveries that were given up.
pub trait Failures: Send + Sync {
    /// The latest in an account's region, newest first, each as a JSON object.
    fn list<'a>(
        &'a self,
        account: &'a str,
        region: &'a str,
        most: usize,
    ) -> BoxFuture<'a, Result<Vec<serde_json::Value>>>;
}

/// Explanations of denials for those who were denied, if they may read them.
pub trait Denials: Send + Sync {
    /// A text for DecodeAuthorizationMessage, which explains the denial of a call of `account`; `None`
    /// if there is none.
    fn encode(&self, account: &str, explanation: &str) -> Option<String>;
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

    /// Writes down that an access key or a role was used.
    fn note_use<'a>(&'a self, used: &'a Use) -> BoxFuture<'a, Result<()>>;

    /// The accounts, in order.
    fn accounts(&self) -> BoxFuture<'_, Result<Vec<String>>>;
}
