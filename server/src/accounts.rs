//! Creating accounts: the first one when a server starts on fresh data, and others on demand.

use std::path::Path;

use strongroom_api::{Entropy, Timestamp};
use strongroom_store::{CommitError, Store, Transaction};

use crate::adapters::dev_identities::TEST;
use crate::config::Config;
use crate::credentials;
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::ports::Identities;

/// Says that the first start was completed.
const STARTED: &str = "system/started";

/// Creates the first account and its root access key, unless that was done before. Returns whether
/// this was the first start.
///
/// The mark is written last, so a start that was cut off is done again; at worst an access key is
/// left behind that nobody has seen.
///
/// # Errors
/// For the operator.
pub async fn begin(
    config: &Config,
    foundation: &Foundation,
    identities: &dyn Identities,
) -> Result<bool, Failure> {
    let (now, entropy) = (foundation.clock.now(), &*foundation.entropy);
    let account = &config.account;
    if config.dev {
        identities.create_account(account, now, entropy).await?;
        identities.put_root_access_key(account, TEST, TEST, now).await?;
        identities.put_root_access_key(account, account, TEST, now).await?;
        return Ok(true);
    }
    if foundation.store.get(STARTED).await?.is_some() {
        return Ok(false);
    }
    let file = config.data.credentials();
    create(account, credentials::DEFAULT, &file, identities, now, entropy).await?;
    mark(&*foundation.store).await?;
    Ok(true)
}

/// Creates an account with a root access key, which is written to `file` as `profile`. Returns the
/// id of the access key.
///
/// # Errors
/// For the operator.
pub async fn create(
    account: &str,
    profile: &str,
    file: &Path,
    identities: &dyn Identities,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<String, Failure> {
    identities.create_account(account, now, entropy).await?;
    let key = identities.create_root_access_key(account, now, entropy).await?;
    credentials::write(file, profile, &key)?;
    Ok(key.id)
}

async fn mark(store: &dyn Store) -> Result<(), Failure> {
    match store.commit(Transaction::new().expect(STARTED, 0).put(STARTED, "1")).await {
        Ok(_) | Err(CommitError::Conflict) => Ok(()),
        Err(CommitError::Store(error)) => Err(error.into()),
    }
}
