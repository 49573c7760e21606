//! Identities of a `--dev` server: every account exists once its id is used as an access key.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Entropy, Result, Timestamp};

use crate::clock::Clock;
use crate::config::account;
use crate::ports::{Credential, Identities, NewAccessKey};
use crate::uses::Use;

/// The access key id of the first account's root user, and the secret of every account's.
pub const TEST: &str = "test";

/// Creates the account of a 12-digit access key id when it is first used; its secret is `test`.
///
/// Nothing else is different: signatures and policies are checked as ever.
pub struct DevIdentities {
    inner: Arc<dyn Identities>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl DevIdentities {
    /// Over the real identities.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Identities>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { inner, clock, entropy }
    }

    async fn found_or_founded(&self, id: &str) -> Result<Option<Arc<Credential>>> {
        let found = self.inner.credential(id).await?;
        if found.is_some() || account(id).is_err() {
            return Ok(found);
        }
        let now = self.clock.now();
        self.inner.create_account(id, now, &*self.entropy).await?;
        self.inner.put_root_access_key(id, id, TEST, now).await?;
        self.inner.credential(id).await
    }
}

impl Identities for DevIdentities {
    fn credential<'a>(
        &'a self,
        access_key_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>> {
        Box::pin(self.found_or_founded(access_key_id))
    }

    fn session<'a>(
        &'a self,
        access_key_id: &'a str,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>> {
        self.inner.session(access_key_id, token, now)
    }

    fn create_account<'a>(
        &'a self,
        account: &'a str,
        now: Timestamp,
        entropy: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<bool>> {
        self.inner.create_account(account, now, entropy)
    }

    fn create_root_access_key<'a>(
        &'a self,
        account: &'a str,
        now: Timestamp,
        entropy: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<NewAccessKey>> {
        self.inner.create_root_access_key(account, now, entropy)
    }

    fn put_root_access_key<'a>(
        &'a self,
        account: &'a str,
        id: &'a str,
        secret: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<()>> {
        self.inner.put_root_access_key(account, id, secret, now)
    }

    fn note_use<'a>(&'a self, used: &'a Use) -> BoxFuture<'a, Result<()>> {
        self.inner.note_use(used)
    }

    fn accounts(&self) -> BoxFuture<'_, Result<Vec<String>>> {
        self.inner.accounts()
    }
}
