//! Identities in memory: root users of accounts, and nothing else.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use strongroom_api::credential::LastNoted;
use strongroom_api::{BoxFuture, Caller, Entropy, Result, Sensitive, Timestamp};

use strongroom::ports::{Credential, Identities, NewAccessKey};
use strongroom::uses::Use;

/// Identities in memory.
#[derive(Default)]
pub struct MemoryIdentities {
    accounts: RwLock<BTreeSet<String>>,
    credentials: RwLock<HashMap<String, Arc<Credential>>>,
}

impl MemoryIdentities {
    /// Lets `caller` sign with this access key.
    pub fn put(&self, id: &str, secret: &str, caller: Caller) {
        let credential = Credential {
            access_key_id: id.to_owned(),
            account: caller.account().to_owned(),
            secret: Sensitive::new(secret.to_owned()),
            generation: 0,
            active: true,
            caller: Arc::new(caller),
            used: LastNoted::default(),
        };
        let mut credentials = self.credentials.write().unwrap_or_else(PoisonError::into_inner);
        credentials.insert(id.to_owned(), Arc::new(credential));
    }
}

impl Identities for MemoryIdentities {
    fn credential<'a>(
        &'a self,
        access_key_id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>> {
        let credentials = self.credentials.read().unwrap_or_else(PoisonError::into_inner);
        let found = credentials.get(access_key_id).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn session<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Arc<Credential>>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn create_account<'a>(
        &'a self,
        account: &'a str,
        _: Timestamp,
        _: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<bool>> {
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = accounts.insert(account.to_owned());
        Box::pin(std::future::ready(Ok(is_new)))
    }

    fn create_root_access_key<'a>(
        &'a self,
        account: &'a str,
        _: Timestamp,
        entropy: &'a dyn Entropy,
    ) -> BoxFuture<'a, Result<NewAccessKey>> {
        let mut bytes = [0; 28];
        entropy.fill(&mut bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let (id, secret) = (format!("AKIA{}", &hex[..16]), hex[16..56].to_owned());
        self.put(&id, &secret, Caller::root(account, Some(id.clone())));
        let key = NewAccessKey { id, secret: Sensitive::new(secret) };
        Box::pin(std::future::ready(Ok(key)))
    }

    fn put_root_access_key<'a>(
        &'a self,
        account: &'a str,
        id: &'a str,
        secret: &'a str,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<()>> {
        self.put(id, secret, Caller::root(account, Some(id.to_owned())));
        Box::pin(std::future::ready(Ok(())))
    }

    fn note_use<'a>(&'a self, _: &'a Use) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn accounts(&self) -> BoxFuture<'_, Result<Vec<String>>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let listed = accounts.iter().cloned().collect();
        Box::pin(std::future::ready(Ok(listed)))
    }
}
