//! RemoveRegionsFromReplication: deletes replicas of a secret, at once and for good.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::{Region, SecretId};
use crate::replication::{Replication, ReplicationStatus};
use crate::secret::{Found, Secret};
use crate::{Call, SecretsManager, error, events};

/// The operation.
pub struct RemoveRegionsFromReplication;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    #[shape(length = 1..)]
    remove_replica_regions: Vec<Region>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    replication_status: Option<Vec<ReplicationStatus>>,
}

impl Operation for RemoveRegionsFromReplication {
    const NAME: &'static str = "RemoveRegionsFromReplication";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str =
        r#"{"SecretId": "prod/db", "RemoveReplicaRegions": ["eu-west-1"]}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(_: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        secret?.condition(key)
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_changeable()?;
        let mut changed = secret.0.value.clone();
        let regions = distinct(&input.remove_replica_regions);
        for region in &regions {
            if !changed.replication.remove(region) {
                return Err(error::no_such_replica(region));
            }
        }
        changed.changed = call.now;
        let replication_status = changed.replication.status();
        part(call, &secret, changed, &regions).await?;
        for region in regions {
            delete(call, &secret, region).await?;
        }
        Ok(Output { arn: secret.0.arn().to_owned(), replication_status })
    }
}

fn distinct(regions: &[Region]) -> Vec<&str> {
    let mut distinct: Vec<&str> = Vec::with_capacity(regions.len());
    for Region(region) in regions {
        if !distinct.contains(&region.as_str()) {
            distinct.push(region);
        }
    }
    distinct
}

/// Takes the replicas off the primary and dooms them, all in one transaction; if the call ends here,
/// the deletion job does the rest.
async fn part(call: &Call<'_>, primary: &Found, changed: Secret, regions: &[&str]) -> Result<()> {
    let service = call.service;
    let mut changes = service.records.changes();
    service.stage(&mut changes, Some(primary), changed, Vec::new()).await?;
    for region in regions {
        let Some(replica) = replica(call, primary, region).await? else { continue };
        let mut doomed = replica.0.value.clone();
        doomed.replication = Replication::Alone;
        doomed.deletion = Some(call.now);
        service.stage(&mut changes, Some(&replica), doomed, Vec::new()).await?;
    }
    service.records.commit(changes).await.map_err(error::storage)?;
    Ok(())
}

/// Deletes a replica that is doomed.
async fn delete(call: &Call<'_>, primary: &Found, region: &str) -> Result<()> {
    let doomed = call.service.lookup(&primary.account, region, &primary.name).await?;
    let is_ours = |found: &Found| found.suffix == primary.suffix && found.deletion.is_some();
    let Some(doomed) = doomed.filter(is_ours) else { return Ok(()) };
    events::of_versions(call, &doomed, events::START_VERSION_DELETE)?;
    if let Err(error) = call.service.destroy(call, &doomed).await
        && !error.is_conflict()
    {
        // It is off the list already; what is left of it the deletion job takes.
        tracing::warn!(secret = doomed.0.arn(), cause = ?error.cause(), "a replica is not gone yet");
    }
    Ok(())
}

/// The replica in `region`; `None` if it was never made.
async fn replica(call: &Call<'_>, primary: &Found, region: &str) -> Result<Option<Found>> {
    let found = call.service.lookup(&primary.account, region, &primary.name).await?;
    Ok(found.filter(|found| found.suffix == primary.suffix && found.replication.is_replica()))
}
