//! CreateAlias: gives a key a name.

use std::borrow::Cow;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Target};

use crate::alias::{Alias, AliasTarget};
use crate::shapes::AliasName;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find, paths};

/// CreateAlias.
pub struct CreateAlias;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The alias, with `alias/`.
    pub alias_name: AliasName,
    /// The key, by id or ARN.
    pub target_key_id: KeyId,
}

/// The alias and its key: AWS wants permission for both.
#[derive(Debug)]
pub struct Pair {
    alias: AliasTarget,
    key: Subject,
}

impl Target for Pair {
    fn arn(&self) -> Cow<'_, str> {
        self.alias.arn()
    }

    fn account(&self) -> &str {
        self.alias.account()
    }
}

const MOST_ALIASES_OF_A_KEY: usize = 50;

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"AliasName": "alias/payments", "TargetKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Pair;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Pair> {
        let name = input.alias_name.of_customer()?;
        let alias = AliasTarget::new(call.caller.account(), call.region, name);
        let key = call.service.find_key_by_id(call, &input.target_key_id).await?;
        Ok(Pair { alias, key })
    }

    fn demands<'t>(_: &'t Input, pair: &'t Pair) -> Demands<'t> {
        Demands::from_iter([
            Demand::of("kms:CreateAlias", &pair.alias),
            Demand::of("kms:CreateAlias", &pair.key),
        ])
    }

    async fn run(call: &Call<'_>, input: &Input, pair: Authorized<Pair>) -> Result<()> {
        let name = input.alias_name.of_customer()?;
        let key = &pair.key;
        check_own(call, key)?;
        key.check_customer_managed()?;
        key.check_state(Act::Edit, call.now)?;
        let path = paths::alias(&key.account, call.region, name);
        let records = &call.service.records;
        if records.get::<Alias>(&path).await.map_err(error::of_record)?.is_some() {
            return Err(error::alias_exists(&pair.alias.arn()));
        }
        let mut changed = Key::clone(key);
        add_alias(&mut changed, name)?;
        let mut changes = records.changes();
        let alias = Alias::new(name, &key.id, call.now);
        changes.create(&path, &alias).map_err(error::of_record)?;
        find::put(&mut changes, key, &changed)?;
        call.service.commit(changes).await
    }
}

/// # Errors
/// Alias and key must be of one account; to the caller another account's key does not exist.
pub(super) fn check_own(call: &Call<'_>, key: &Subject) -> Result<()> {
    if key.account == call.caller.account() {
        Ok(())
    } else {
        Err(error::no_such_key(Key::arn(key)))
    }
}

/// # Errors
/// LimitExceededException for a key that has as many aliases as it may have.
pub(super) fn add_alias(key: &mut Key, name: &str) -> Result<()> {
    if key.aliases.len() >= MOST_ALIASES_OF_A_KEY {
        return Err(error::too_many_aliases());
    }
    key.aliases.insert(name.to_owned());
    Ok(())
}
