//! DeleteAlias: takes a key's name away. The key stays.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Target};
use strongroom_records::Stored;

use crate::alias::{Alias, AliasTarget};
use crate::shapes::AliasName;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find, paths};

/// DeleteAlias.
pub struct DeleteAlias;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The alias, with `alias/`.
    pub alias_name: AliasName,
}

/// The alias and its key: AWS wants permission for both.
#[derive(Debug)]
pub struct Pair {
    alias: AliasTarget,
    stored: Arc<Stored<Alias>>,
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

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AliasName": "alias/payments"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Pair;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Pair> {
        let (alias, stored, key) = find_alias(call, input.alias_name.of_customer()?).await?;
        Ok(Pair { alias, stored, key })
    }

    fn demands<'t>(_: &'t Input, pair: &'t Pair) -> Demands<'t> {
        Demands::from_iter([
            Demand::of("kms:DeleteAlias", &pair.alias),
            Demand::of("kms:DeleteAlias", &pair.key),
        ])
    }

    async fn run(call: &Call<'_>, _: &Input, pair: Authorized<Pair>) -> Result<()> {
        let mut changed = Key::clone(&pair.key);
        changed.aliases.remove(&pair.stored.name);
        let mut changes = call.service.records.changes();
        changes.remove(&pair.stored);
        find::put(&mut changes, &pair.key, &changed)?;
        call.service.commit(changes).await
    }
}

/// An alias of the caller's account with its key.
pub(super) async fn find_alias(
    call: &Call<'_>,
    name: &str,
) -> Result<(AliasTarget, Arc<Stored<Alias>>, Subject)> {
    let account = call.caller.account();
    let path = paths::alias(account, call.region, name);
    let stored = call.service.records.get::<Alias>(&path).await.map_err(error::of_record)?;
    let Some(stored) = stored else {
        return Err(error::no_such_alias(&paths::alias_arn(account, call.region, name)));
    };
    let key = call.service.find_key_by_id(call, &KeyId(stored.key_id.clone())).await?;
    Ok((AliasTarget::new(account, call.region, name), stored, key))
}
