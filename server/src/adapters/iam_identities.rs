//! The server's identities, from IAM and STS.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Entropy, Result, Timestamp};
use strongroom_iam::Iam;

use crate::ports::{Credential, Identities, NewAccessKey};

/// The port `Identities` over IAM.
pub struct IamIdentities {
    iam: Arc<Iam>,
}

impl IamIdentities {
    /// Identities of `iam`.
    #[must_use]
    pub fn new(iam: Arc<Iam>) -> Self {
        Self { iam }
    }
}

impl Identities for IamIdentities {
    fn credential<'a>(
        &'a self,
        access_key_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>> {
        Box::pin(self.iam.credential(access_key_id))
    }

    fn session<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>> {
        Box::pin(async { Ok(None) })
    }

    fn create_account<'a>(
        &'a self,
        account: &'a str,
        now: Timestamp,
        _: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(self.iam.create_account(account, now))
    }

    fn create_root_access_key<'a>(
        &'a self,
        account: &'a str,
        now: Timestamp,
        entropy: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<NewAccessKey>> {
        Box::pin(self.iam.create_root_access_key(account, now, entropy))
    }

    fn put_root_access_key<'a>(
        &'a self,
        account: &'a str,
        id: &'a str,
        secret: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.iam.put_root_access_key(account, id, secret, now))
    }

    fn accounts(&self) -> BoxFuture<'_, Result<Vec<String>>> {
        Box::pin(async move {
            let mut accounts: Vec<String> = Vec::new();
            loop {
                let after = accounts.last().cloned().unwrap_or_default();
                let page = self.iam.accounts(&after).await?;
                accounts.extend(page.accounts);
                if !page.more {
                    return Ok(accounts);
                }
            }
        })
    }
}
