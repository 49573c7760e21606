//! ListAliases: lists the aliases of the account in this region, or those of one key.

use std::borrow::Cow;

use strongroom_api::{
    Account, Audit, Authorized, Operation, Reply, ResourceRule, Result, Shape, Target, Timestamp,
    Values,
};
use strongroom_store::Direction;

use super::create_alias::check_own;
use crate::alias::Alias;
use crate::managed_key::MANAGED;
use crate::shapes::{Limit, Marker};
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, error, page, paths};

/// ListAliases.
pub struct ListAliases;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key whose aliases to list, by id or ARN; those of all keys if absent.
    pub key_id: Option<KeyId>,
    /// How many aliases a page may have; 50 if absent.
    pub limit: Option<Limit>,
    /// Where to go on.
    pub marker: Option<Marker>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The aliases.
    pub aliases: Vec<Entry>,
    /// Where to go on.
    pub next_marker: Option<String>,
    /// Whether there are more.
    pub truncated: bool,
}

/// An alias of the list.
#[derive(Debug, Reply)]
pub struct Entry {
    /// Its name, with `alias/`.
    pub alias_name: String,
    /// Its ARN.
    pub alias_arn: String,
    /// The key it stands for; absent while AWS has not made that key yet.
    pub target_key_id: Option<String>,
    /// When it was made.
    pub creation_date: Option<Timestamp>,
    /// When it was last pointed at a key.
    pub last_updated_date: Option<Timestamp>,
}

/// What is listed: AWS authorizes for the account even when a key is named.
#[derive(Debug)]
pub struct Listed {
    account: Account,
    key: Option<Subject>,
}

impl Target for Listed {
    fn arn(&self) -> Cow<'_, str> {
        self.account.arn()
    }

    fn account(&self) -> &str {
        self.account.account()
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.account.rule()
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        self.account.condition(key)
    }
}

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Limit": 10}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Listed;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Listed> {
        let key = match &input.key_id {
            Some(key_id) => {
                let key = call.service.find_key_by_id(call, key_id).await?;
                // Nothing tells another account's keys from keys that do not exist.
                check_own(call, &key)?;
                Some(key)
            }
            None => None,
        };
        let account = Account(call.caller.account().to_owned());
        Ok(Listed { account, key })
    }

    async fn run(call: &Call<'_>, input: &Input, listed: Authorized<Listed>) -> Result<Output> {
        let behind = page::behind(input.marker.as_ref())?;
        let size = page::size(input.limit, 50, 100);
        let account = &listed.account.0;
        match &listed.key {
            Some(key) => of_key(call, account, key, behind.as_deref(), size).await,
            None => of_account(call, account, behind.as_deref(), size).await,
        }
    }
}

async fn of_key(
    call: &Call<'_>,
    account: &str,
    key: &Subject,
    behind: Option<&str>,
    size: usize,
) -> Result<Output> {
    let names = key.aliases.iter();
    let (names, next_marker) = page::cut(names, |name| (*name).clone(), behind, size);
    let mut aliases = Vec::with_capacity(names.len());
    for name in names {
        let path = paths::alias(account, call.region, name);
        let alias = call.service.records.get::<Alias>(&path).await.map_err(error::of_record)?;
        aliases.extend(alias.map(|alias| entry(call, account, &alias.value)));
    }
    Ok(Output { aliases, truncated: next_marker.is_some(), next_marker })
}

async fn of_account(
    call: &Call<'_>,
    account: &str,
    behind: Option<&str>,
    size: usize,
) -> Result<Output> {
    let range = page::rest(&paths::aliases(account, call.region), behind);
    let found = call.service.records.scan::<Alias>(range, Direction::Forward, size).await;
    let found = found.map_err(error::of_record)?;
    let last = found.records.last().map(|alias| alias.name.clone()).filter(|_| found.more);
    // The aliases that AWS keeps are there before their keys are.
    let reserved = MANAGED.iter().map(|managed| managed.alias).filter(|name| {
        let before_last = last.as_deref().is_none_or(|last| *name < last);
        behind.is_none_or(|behind| *name > behind)
            && before_last
            && !found.records.iter().any(|alias| alias.name == *name)
    });
    let mut aliases: Vec<_> =
        found.records.iter().map(|alias| entry(call, account, &alias.value)).collect();
    aliases.extend(reserved.map(|name| reserved_entry(call, account, name)));
    aliases.sort_unstable_by(|one, other| one.alias_name.cmp(&other.alias_name));
    let more = found.more || aliases.len() > size;
    aliases.truncate(size);
    let last = aliases.last().and_then(|alias| alias.alias_name.strip_prefix("alias/"));
    let next_marker = last.filter(|_| more).map(page::marker);
    Ok(Output { truncated: next_marker.is_some(), next_marker, aliases })
}

fn entry(call: &Call<'_>, account: &str, alias: &Alias) -> Entry {
    Entry {
        target_key_id: Some(alias.key_id.clone()),
        creation_date: Some(alias.created),
        last_updated_date: Some(alias.updated),
        ..reserved_entry(call, account, &alias.name)
    }
}

fn reserved_entry(call: &Call<'_>, account: &str, name: &str) -> Entry {
    Entry {
        alias_name: ["alias/", name].concat(),
        alias_arn: paths::alias_arn(account, call.region, name),
        target_key_id: None,
        creation_date: None,
        last_updated_date: None,
    }
}
