//! ListKeys: lists the keys of the account in this region.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::key::Key;
use crate::shapes::{Limit, Marker};
use crate::spec::texts;
use crate::{Call, Kms, error, page, paths};

/// ListKeys.
pub struct ListKeys;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// How many keys a page may have; 100 if absent.
    pub limit: Option<Limit>,
    /// Where to go on.
    pub marker: Option<Marker>,
    /// Whose keys; the account's own if absent.
    #[shape(length = 1..=2)]
    pub resource_owners: Option<Vec<ResourceOwner>>,
}

texts! {
    /// Whose keys to list.
    ResourceOwner { Own = "SELF", Others = "OTHER_ACCOUNTS_VIA_RAM" }
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The keys.
    pub keys: Vec<Entry>,
    /// Where to go on.
    pub next_marker: Option<String>,
    /// Whether there are more.
    pub truncated: bool,
}

/// A key of the list.
#[derive(Debug, Reply)]
pub struct Entry {
    /// Its id.
    pub key_id: String,
    /// Its ARN.
    pub key_arn: String,
}

impl Operation for ListKeys {
    const NAME: &'static str = "ListKeys";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Limit": 10}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let behind = page::behind(input.marker.as_ref())?;
        let range = page::rest(&paths::keys(&account.0, call.region), behind.as_deref());
        let owners = input.resource_owners.as_deref().unwrap_or(&[ResourceOwner::Own]);
        if !owners.contains(&ResourceOwner::Own) {
            // Nobody shares keys with the account by Resource Access Manager, which is not here.
            return Ok(Output { keys: Vec::new(), next_marker: None, truncated: false });
        }
        let size = page::size(input.limit, 100, 1_000);
        let records = &call.service.records;
        let found = records.scan::<Key>(range, Direction::Forward, size).await;
        let found = found.map_err(error::of_record)?;
        let last = found.records.last().map(|key| key.id.clone());
        let keys = found
            .records
            .iter()
            .filter(|key| !key.is_gone(call.now))
            .map(|key| Entry { key_id: key.id.clone(), key_arn: key.arn().to_owned() })
            .collect();
        let next_marker = last.filter(|_| found.more).map(|last| page::marker(&last));
        Ok(Output { keys, truncated: next_marker.is_some(), next_marker })
    }
}
