//! UpdatePrimaryRegion: makes a replica the primary, and the primary a replica.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Result, Shape, Target, Values,
};

use super::replicate_key::Region;
use crate::multi_region::MultiRegion;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find, paths, rotation};

/// UpdatePrimaryRegion.
pub struct UpdatePrimaryRegion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The primary, by id or ARN.
    pub key_id: KeyId,
    /// The region of the replica that shall be the primary.
    pub primary_region: Region,
}

/// The primary and, if there is one, the replica that shall take its place.
#[derive(Debug)]
pub struct Succession {
    primary: Subject,
    successor: Option<Subject>,
}

impl Target for Succession {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(&self.primary)
    }

    fn account(&self) -> &str {
        Target::account(&self.primary)
    }
}

impl Operation for UpdatePrimaryRegion {
    const NAME: &'static str = "UpdatePrimaryRegion";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "mrk-1234abcd12ab34cd56ef1234567890ab", "PrimaryRegion": "eu-west-1"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Succession;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Succession> {
        let primary = call.service.find_key_by_id(call, &input.key_id).await?;
        let region = &input.primary_region.0;
        let successor = call.service.sibling(call, &primary, region).await?;
        Ok(Succession { primary, successor })
    }

    fn demands<'t>(_: &'t Input, target: &'t Succession) -> Demands<'t> {
        let both = [Some(&target.primary), target.successor.as_ref()];
        both.into_iter()
            .flatten()
            .map(|subject| Demand::of("kms:UpdatePrimaryRegion", subject))
            .collect()
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Succession>, key: &str) -> Option<Values<'v>> {
        (key == "kms:primaryregion").then(|| Values::one(&input.primary_region.0))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Succession>) -> Result<()> {
        let Succession { primary, successor } = &*target;
        primary.check_primary()?;
        primary.check_state(Act::Use, call.now)?;
        let region = &input.primary_region.0;
        let Some(successor) = successor else {
            return Err(error::no_such_key(&paths::key_arn(&primary.account, region, &primary.id)));
        };
        successor.check_state(Act::Use, call.now)?;
        let multi = primary.multi_region.as_ref().map(|multi| {
            let mut replicas = multi.replicas.clone();
            replicas.remove(region);
            replicas.insert(multi.primary.clone());
            MultiRegion { primary: region.clone(), replicas }
        });
        let mut changes = call.service.records.changes();
        let share = |sibling: &mut Key| sibling.multi_region.clone_from(&multi);
        call.service.share(&mut changes, primary, share).await?;
        let changed = Key { multi_region: multi.clone(), ..Key::clone(primary) };
        // The list of keys to rotate names the primary.
        rotation::unlist(&mut changes, primary);
        rotation::list(&mut changes, &Key { multi_region: multi.clone(), ..Key::clone(successor) });
        find::put(&mut changes, primary, &changed)?;
        call.service.commit(changes).await
    }
}
