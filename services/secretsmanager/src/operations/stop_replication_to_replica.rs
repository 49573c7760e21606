//! StopReplicationToReplica: makes a replica a secret of its own.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::replication::Replication;
use crate::secret::Found;
use crate::{Call, SecretsManager, error};

/// The operation.
pub struct StopReplicationToReplica;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
}

impl Operation for StopReplicationToReplica {
    const NAME: &'static str = "StopReplicationToReplica";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db"}"#;

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

    async fn run(call: &Call<'_>, _: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_active()?;
        let Replication::Replica { primary_region } = &secret.replication else {
            return Err(error::not_a_replica());
        };
        let service = call.service;
        let mut changes = service.records.changes();
        let mut promoted = secret.0.value.clone();
        promoted.replication = Replication::Alone;
        // The rotation was its primary's; a secret of its own is set up anew.
        promoted.rotation = None;
        promoted.changed = call.now;
        service.stage(&mut changes, Some(&secret), promoted, Vec::new()).await?;
        // Both ends of the link go in one transaction.
        let primary = service.lookup(&secret.account, primary_region, &secret.name).await?;
        if let Some(primary) = primary.filter(|primary| primary.suffix == secret.suffix) {
            let mut left = primary.0.value.clone();
            if left.replication.remove(&secret.region) {
                service.stage(&mut changes, Some(&primary), left, Vec::new()).await?;
            }
        }
        service.records.commit(changes).await.map_err(error::storage)?;
        Ok(Output { arn: secret.0.arn().to_owned() })
    }
}
