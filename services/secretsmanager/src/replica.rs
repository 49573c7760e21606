//! One replica: its record and values, made from those of its primary.

use strongroom_api::{Error, Result};
use strongroom_wire::Family;

use crate::operations::get_secret_value;
use crate::paths::secret_key;
use crate::replication::{Replica, Replication};
use crate::secret::{Found, Secret};
use crate::value::Envelope;
use crate::version::Version;
use crate::{Call, error, events, write};

/// Why a replica is not as its primary.
pub(crate) enum Fault {
    /// The status message that the owner of the secret reads.
    Told(String),
    /// A fault of ours, or of the moment.
    Ours(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let is_passing = error.is_conflict() || error.code(Family::Json) == "ThrottlingException";
        if error.is_internal() || is_passing {
            return Self::Ours(error);
        }
        Self::Told(format!("Replication failed: {}", error.message()))
    }
}

/// Makes `replica` of `primary`, or brings it up to date.
///
/// Nothing is written unless the primary still is what was found: a replica never goes back to an
/// older state, and one that was taken off meanwhile does not come back.
pub(crate) async fn bring_up_to_date(
    call: &Call<'_>,
    primary: &Found,
    replica: &Replica,
) -> Result<(), Fault> {
    let records = &call.service.records;
    let key = secret_key(&primary.account, &replica.region, &primary.name);
    let holder = records.get::<Secret>(&key).await.map_err(error::storage)?.map(Found);
    let place = Place::of(holder, primary, replica)?;
    let mut secret = match &place {
        Place::Own(found) => found.0.value.clone(),
        Place::Empty | Place::Taken(_) => {
            let Secret { account, name, suffix, .. } = &primary.0.value;
            Secret::new(account, &replica.region, name, suffix.clone(), call.now)
        }
    };
    resemble(&mut secret, primary, replica);
    let fresh = seal_missing(call, primary, &mut secret).await?;
    // Whatever can be refused has not been by now, so that nothing is overwritten in vain.
    let had = match place {
        Place::Own(found) => Some(found),
        Place::Empty => None,
        Place::Taken(other) => {
            events::of_versions(call, &other, events::START_VERSION_DELETE)?;
            call.service.destroy(call, &other).await?;
            None
        }
    };
    let mut changes = records.changes();
    changes.expect(&primary.0.key, primary.0.revision);
    call.service.stage(&mut changes, had.as_ref(), secret, fresh).await?;
    records.commit(changes).await.map_err(error::storage)?;
    Ok(())
}

/// What stands where the replica belongs.
enum Place {
    /// Nothing.
    Empty,
    /// The replica itself.
    Own(Found),
    /// A secret that the replica may replace.
    Taken(Found),
}

impl Place {
    fn of(holder: Option<Found>, primary: &Secret, replica: &Replica) -> Result<Self, Fault> {
        let Some(holder) = holder else { return Ok(Self::Empty) };
        let is_ours = holder.suffix == primary.suffix;
        match &holder.replication {
            Replication::Replica { primary_region }
                if is_ours && *primary_region == primary.region =>
            {
                Ok(Self::Own(holder))
            }
            Replication::Replica { .. } => Err(Fault::Told(format!(
                "Replication failed: Secret name {} is currently replicated to {} with a different arn",
                primary.name, replica.region
            ))),
            // Replacing a primary would leave its replicas without one.
            other if replica.overwrites && other.replicas().is_empty() => Ok(Self::Taken(holder)),
            _ => Err(Fault::Told("Secret with this name already exists in this region".to_owned())),
        }
    }
}

/// Everything of the primary but its values. What is the replica's own: its key, and when it was made
/// and read.
fn resemble(secret: &mut Secret, primary: &Secret, replica: &Replica) {
    secret.replication = Replication::Replica { primary_region: primary.region.clone() };
    secret.kms_key_id.clone_from(&replica.kms_key_id);
    secret.description.clone_from(&primary.description);
    secret.secret_type.clone_from(&primary.secret_type);
    secret.tags.clone_from(&primary.tags);
    secret.policy.clone_from(&primary.policy);
    secret.rotation = primary.rotation.as_ref().map(|rotation| Box::new(rotation.for_replica()));
    secret.changed = primary.changed;
    secret.versions = merged(std::mem::take(&mut secret.versions), &primary.versions);
}

/// The primary's labelled versions, and of the others those that the replica has already.
fn merged(had: Vec<Version>, primary: &[Version]) -> Vec<Version> {
    let mut merged = Vec::with_capacity(primary.len());
    let gone = had.iter().filter(|own| !primary.iter().any(|version| version.id == own.id));
    // What the primary has cleaned up goes here, too; a transaction takes a bounded number.
    merged.extend(gone.skip(write::CLEANED_AT_ONCE).map(|own| with_stages(own, &[])));
    for version in primary {
        match had.iter().find(|own| own.id == version.id) {
            Some(own) => merged.push(with_stages(own, &version.stages)),
            None if version.is_deprecated() => {}
            None => {
                let new = Version::new(version.id.clone(), version.created);
                merged.push(with_stages(&new, &version.stages));
            }
        }
    }
    merged
}

fn with_stages(version: &Version, stages: &[String]) -> Version {
    Version { stages: stages.to_vec(), ..version.clone() }
}

/// The values that the replica has not, sealed anew for it under its own key.
async fn seal_missing(
    call: &Call<'_>,
    primary: &Found,
    secret: &mut Secret,
) -> Result<Vec<(String, Envelope)>> {
    let missing: Vec<&Version> = primary
        .versions
        .iter()
        .filter(|version| version.has_value)
        .filter(|version| secret.version(&version.id).is_some_and(|own| !own.has_value))
        .collect();
    let mut fresh = Vec::with_capacity(missing.len());
    for version in missing {
        let value = get_secret_value::open(call, primary, version).await?;
        let (envelope, shown_key) = write::seal(call, secret, &version.id, &value).await?;
        if let Some(own) = secret.version_mut(&version.id) {
            own.has_value = true;
            own.kms_keys = shown_key.into_iter().collect();
        }
        fresh.push((version.id.clone(), envelope));
    }
    Ok(fresh)
}
