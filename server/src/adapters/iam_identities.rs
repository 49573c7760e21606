//! The server's identities, from IAM and STS.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Entropy, Result, Timestamp};
use strongroom_iam::Iam;
use strongroom_sts::{Session, Sts, error};

use crate::ports::{Credential, Identities, NewAccessKey};
use crate::uses::Use;

/// The port `Identities` over IAM and STS.
pub struct IamIdentities {
    iam: Arc<Iam>,
    sts: Arc<Sts>,
}

impl IamIdentities {
    /// Access keys of `iam`, sessions of `sts`.
    #[must_use]
    pub fn new(iam: Arc<Iam>, sts: Arc<Sts>) -> Self {
        Self { iam, sts }
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
        access_key_id: &'a str,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>> {
        Box::pin(async move {
            match self.sts.session(access_key_id, token, now).await? {
                Session::Open(credential) => Ok(Some(credential)),
                Session::Expired => Err(error::expired_session()),
                Session::Unknown => Ok(None),
            }
        })
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

    fn note_use<'a>(&'a self, used: &'a Use) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.iam.note_use(&used.id, &used.service, &used.region, used.at))
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
