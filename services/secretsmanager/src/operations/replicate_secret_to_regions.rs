//! ReplicateSecretToRegions: more replicas of a secret.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::replicate::{self, ReplicaRegion};
use crate::replication::ReplicationStatus;
use crate::secret::Found;
use crate::{Call, SecretsManager, write};

/// The operation.
pub struct ReplicateSecretToRegions;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    #[shape(length = 1..)]
    add_replica_regions: Vec<ReplicaRegion>,
    force_overwrite_replica_secret: Option<bool>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    replication_status: Option<Vec<ReplicationStatus>>,
}

impl Operation for ReplicateSecretToRegions {
    const NAME: &'static str = "ReplicateSecretToRegions";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{
        "SecretId": "prod/db", "AddReplicaRegions": [{"Region": "eu-west-1"}],
        "ForceOverwriteReplicaSecret": false
    }"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(input: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        match key {
            "secretsmanager:addreplicaregions" => {
                Some(replicate::region_values(&input.add_replica_regions))
            }
            "secretsmanager:forceoverwritereplicasecret" => {
                Some(write::truth(input.force_overwrite_replica_secret.unwrap_or(false)))
            }
            key => secret?.condition(key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_changeable()?;
        let mut changed = secret.0.value.clone();
        let overwrites = input.force_overwrite_replica_secret.unwrap_or(false);
        replicate::enter(&mut changed, &input.add_replica_regions, overwrites, call.now)?;
        changed.changed = call.now;
        let replication_status = changed.replication.status();
        call.service.save(Some(&secret), changed, Vec::new()).await?;
        replicate::start(call, &secret.account, &secret.region, &secret.name).await;
        Ok(Output { arn: secret.0.arn().to_owned(), replication_status })
    }
}
