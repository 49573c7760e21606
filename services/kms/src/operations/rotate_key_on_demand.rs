//! RotateKeyOnDemand: gives a key new material at once.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::material::{Role, Source};
use crate::spec::Origin;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find, rotation};

/// RotateKeyOnDemand.
pub struct RotateKeyOnDemand;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's id.
    pub key_id: String,
}

/// AWS's quota for the lifetime of a key.
const MOST_ON_DEMAND: usize = 25;

impl Operation for RotateKeyOnDemand {
    const NAME: &'static str = "RotateKeyOnDemand";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, subject: Authorized<Subject>) -> Result<Output> {
        subject.check_customer_managed()?;
        rotation::check_symmetric(&subject)?;
        subject.check_not_replica()?;
        subject.check_state(Act::Use, call.now)?;
        let on_demand = |source: Source| source == Source::OnDemand;
        let so_far = subject.materials.iter().filter(|material| on_demand(material.source)).count();
        if so_far >= MOST_ON_DEMAND {
            return Err(error::too_many_rotations(subject.arn()));
        }
        // The date of the next rotation by itself stays as it is.
        let mut changed = Key::clone(&subject);
        match subject.origin {
            Origin::External => promote(&mut changed, call.now)?,
            _ => changed.rotate(call.now, Source::OnDemand, call.entropy),
        }
        let mut changes = call.service.records.changes();
        let materials = changed.materials.clone();
        let share = |sibling: &mut Key| match sibling.origin {
            // Imported material is imported into every region; where it is not yet, nothing changes.
            Origin::External => promote(sibling, call.now).unwrap_or_default(),
            _ => sibling.materials.clone_from(&materials),
        };
        call.service.share(&mut changes, &changed, share).await?;
        find::put(&mut changes, &subject, &changed)?;
        call.service.commit(changes).await?;
        Ok(Output { key_id: subject.id.clone() })
    }
}

/// Lets the imported material that waits take over.
fn promote(key: &mut Key, now: Timestamp) -> Result<()> {
    let waits = key.materials.iter().position(|material| material.role == Role::Pending);
    let waiting = waits.ok_or_else(|| error::no_material_pending(key.arn()))?;
    for material in &mut key.materials {
        material.role = Role::Former;
    }
    let material = &mut key.materials[waiting];
    (material.role, material.since, material.source) = (Role::Current, now, Source::OnDemand);
    Ok(())
}
