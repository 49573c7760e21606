//! UpdateAlias: points an alias at another key of the same kind.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Target};
use strongroom_records::Stored;

use super::create_alias::{add_alias, check_own};
use super::delete_alias::find_alias;
use crate::alias::{Alias, AliasTarget};
use crate::shapes::AliasName;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find};

/// UpdateAlias.
pub struct UpdateAlias;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The alias, with `alias/`.
    pub alias_name: AliasName,
    /// The key it shall stand for, by id or ARN.
    pub target_key_id: KeyId,
}

/// The alias, the key it stood for, and the key it shall stand for: AWS wants permission for all.
#[derive(Debug)]
pub struct Move {
    alias: AliasTarget,
    stored: Arc<Stored<Alias>>,
    from: Subject,
    to: Subject,
}

impl Target for Move {
    fn arn(&self) -> Cow<'_, str> {
        self.alias.arn()
    }

    fn account(&self) -> &str {
        self.alias.account()
    }
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"AliasName": "alias/payments", "TargetKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Move;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Move> {
        let name = input.alias_name.of_customer()?;
        let (alias, stored, from) = find_alias(call, name).await?;
        let to = call.service.find_key_by_id(call, &input.target_key_id).await?;
        Ok(Move { alias, stored, from, to })
    }

    fn demands<'t>(_: &'t Input, target: &'t Move) -> Demands<'t> {
        Demands::from_iter([
            Demand::of("kms:UpdateAlias", &target.alias),
            Demand::of("kms:UpdateAlias", &target.from),
            Demand::of("kms:UpdateAlias", &target.to),
        ])
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Move>) -> Result<()> {
        let Move { stored, from, to, .. } = &*target;
        check_own(call, to)?;
        to.check_customer_managed()?;
        to.check_state(Act::Edit, call.now)?;
        if from.usage != to.usage || kind(from) != kind(to) {
            return Err(error::alias_of_another_kind());
        }
        let alias = Alias { key_id: to.id.clone(), updated: call.now, ..stored.value.clone() };
        let mut changes = call.service.records.changes();
        changes.replace(stored, &alias).map_err(error::of_record)?;
        if from.id != to.id {
            let mut left = Key::clone(from);
            left.aliases.remove(&stored.name);
            find::put(&mut changes, from, &left)?;
            let mut joined = Key::clone(to);
            add_alias(&mut joined, &stored.name)?;
            find::put(&mut changes, to, &joined)?;
        }
        call.service.commit(changes).await
    }
}

/// Symmetric, asymmetric or HMAC.
fn kind(key: &Key) -> (bool, bool) {
    let random = key.spec.random_bytes().is_some();
    (random, key.spec.mac_algorithms().is_empty())
}
