//! Making replicas and keeping them as their primaries.
//!
//! A call that changes a primary marks its replicas as behind and enters them for the job, in one
//! transaction ([`Secret::mark_changed`]). After that is saved, and before the call returns, it brings
//! them up to date itself. Whatever keeps it from that, a crash included, is made good by the job
//! ([`crate::jobs::ReplicateSecrets`]), which takes the same path as a service principal.

use std::borrow::Cow;

use strongroom_api::{Result, Shape, Timestamp, Values};

use crate::id::Region;
use crate::paths::secret_key;
use crate::replica::{self, Fault};
use crate::replication::{GRACE_MILLIS, MOST_REPLICAS, Replica, Replication, Status};
use crate::secret::{Found, Secret};
use crate::write::{self, KmsKeyId};
use crate::{Call, error, events};

/// A region to replicate to, with the key to use there.
#[derive(Clone, Debug, Shape)]
pub struct ReplicaRegion {
    region: Option<Region>,
    kms_key_id: Option<KmsKeyId>,
}

/// What policies see of the regions of a request.
#[must_use]
pub fn region_values(regions: &[ReplicaRegion]) -> Values<'_> {
    let names = regions.iter().filter_map(|region| region.region.as_ref());
    Values::Many(names.map(|region| Cow::Borrowed(region.0.as_str())).collect())
}

/// Enters replicas in `regions` in `secret`, as being on their way. They may replace stand-alone
/// secrets of the same name if `overwrites`.
///
/// # Errors
/// AWS's errors for the secret's own region, and for one named twice or replicated to already.
pub fn enter(
    secret: &mut Secret,
    regions: &[ReplicaRegion],
    overwrites: bool,
    now: Timestamp,
) -> Result<()> {
    if regions.is_empty() {
        return Ok(());
    }
    let had = secret.replication.replicas().len();
    let mut replicas = secret.replication.replicas().to_vec();
    for wanted in regions {
        let region = match &wanted.region {
            Some(Region(region)) if *region != secret.region => region,
            _ => return Err(error::invalid_replica_region()),
        };
        if let Some(known) = replicas.iter().position(|replica| replica.region == *region) {
            let is_replicated = known < had;
            return Err(if is_replicated {
                error::already_replicated(region)
            } else {
                error::duplicate_replica_region(region)
            });
        }
        replicas.push(Replica {
            region: region.clone(),
            kms_key_id: write::chosen_key(wanted.kms_key_id.as_ref()),
            overwrites,
            status: Status::InProgress,
            message: None,
        });
    }
    if replicas.len() > MOST_REPLICAS {
        return Err(error::too_many_replicas());
    }
    secret.replication = Replication::Primary(replicas);
    secret.replication_due = Some(now.plus_millis(GRACE_MILLIS));
    Ok(())
}

/// Brings the replicas of `secret` up to date after a change of it that has been saved.
///
/// What goes wrong is no fault of the change: it shows in `ReplicationStatus`, or the job tries again.
pub async fn propagate(call: &Call<'_>, secret: &Secret) {
    // Nearly all secrets have none, and are done here.
    if !secret.replication.replicas().is_empty() {
        start(call, &secret.account, &secret.region, &secret.name).await;
    }
}

/// The same for a secret that may just have got its first replicas.
pub async fn start(call: &Call<'_>, account: &str, region: &str, name: &str) {
    let key = secret_key(account, region, name);
    if let Err(cause) = bring_up_to_date(call, &key).await {
        tracing::warn!(secret = key, cause = %Cause(&cause), "replicas stay behind until the job runs");
    }
}

/// How often the work starts anew because the primary or a replica changed meanwhile.
const MOST_ATTEMPTS: usize = 64;
/// When the job tries again what an internal error prevented.
const RETRY_MILLIS: i64 = 60_000;
/// What AWS says of a replica that is as its primary.
const SUCCEEDED: &str = "Replication succeeded";

/// Brings those replicas of the secret under `key` up to date that are behind.
///
/// # Errors
/// Internal only; the replicas are still entered for the job then.
pub(crate) async fn bring_up_to_date(call: &Call<'_>, key: &str) -> Result<()> {
    let mut announced = Vec::new();
    for _ in 0..MOST_ATTEMPTS {
        let primary = call.service.records.get::<Secret>(key).await.map_err(error::storage)?;
        let Some(primary) = primary.filter(|secret| secret.replication_due.is_some()) else {
            return Ok(());
        };
        match settle(call, &Found(primary), &mut announced).await {
            Err(error) if error.is_conflict() => {}
            outcome => return outcome,
        }
    }
    // Each of the writers that were faster does the same after its own change.
    Ok(())
}

/// One attempt: every replica that is behind, then what came of them, in the primary's record.
async fn settle(call: &Call<'_>, primary: &Found, announced: &mut Vec<String>) -> Result<()> {
    let mut settled = primary.0.value.clone();
    let mut outcomes = Vec::new();
    let mut is_unfinished = false;
    for replica in settled.replication.replicas_mut() {
        if replica.status != Status::InProgress {
            continue;
        }
        if !announced.contains(&replica.region) {
            events::of_secret(call, primary, events::REPLICATION_STARTED, None)?;
            announced.push(replica.region.clone());
        }
        match replica::bring_up_to_date(call, primary, replica).await {
            Ok(()) => {
                replica.settle(Status::InSync, SUCCEEDED.to_owned());
                outcomes.push((events::REPLICATION_SUCCEEDED, None));
            }
            Err(Fault::Told(message)) => {
                replica.settle(Status::Failed, message.clone());
                outcomes.push((events::REPLICATION_FAILED, Some(message)));
            }
            Err(Fault::Ours(error)) if error.is_conflict() => return Err(error),
            Err(Fault::Ours(error)) => {
                is_unfinished = true;
                let region = &replica.region;
                tracing::warn!(
                    secret = primary.0.arn(), region, cause = %Cause(&error),
                    "a replica could not be brought up to date; the job tries again",
                );
            }
        }
    }
    settled.replication_due = is_unfinished.then(|| call.now.plus_millis(RETRY_MILLIS));
    call.service.save(Some(primary), settled, Vec::new()).await?;
    for (event, failure) in outcomes {
        events::of_secret(call, primary, event, failure.as_deref())?;
    }
    Ok(())
}

/// What the log is told of an error: its cause if it has one.
struct Cause<'e>(&'e strongroom_api::Error);

impl std::fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.cause() {
            Some(cause) => write!(f, "{cause}"),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests;
