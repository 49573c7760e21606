//! UpdateSecretVersionStage: moves a staging label, or takes it off.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::{SecretId, VersionId, VersionStage};
use crate::secret::{Found, Secret};
use crate::staging::{self, CURRENT, MOST_LABELS};
use crate::{Call, SecretsManager, error, replicate};

/// The operation.
pub struct UpdateSecretVersionStage;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    version_stage: VersionStage,
    remove_from_version_id: Option<VersionId>,
    move_to_version_id: Option<VersionId>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
}

impl Operation for UpdateSecretVersionStage {
    const NAME: &'static str = "UpdateSecretVersionStage";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{
        "SecretId": "prod/db", "VersionStage": "AWSCURRENT",
        "RemoveFromVersionId": "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1",
        "MoveToVersionId": "EXAMPLE2-90ab-cdef-fedc-ba987SECRET2"
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
            "secretsmanager:versionstage" => Some(Values::one(&input.version_stage.0)),
            key => secret?.condition(key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_changeable()?;
        let mut changed = secret.0.value.clone();
        if move_label(&mut changed, input)? {
            changed.mark_changed(call.now);
            let ended = changed.judge_labels(call.now);
            let ended = ended.map(|(name, token)| changed.announce(name, &token, None, call.now));
            call.service.save(Some(&secret), changed, Vec::new()).await?;
            call.service.publish(call.circumstances(), &secret, ended.as_slice()).await?;
            replicate::propagate(call, &secret).await;
        }
        Ok(Output { arn: secret.0.arn().to_owned(), name: secret.name.clone() })
    }
}

/// The answer is whether anything changes.
fn move_label(secret: &mut Secret, input: &Input) -> Result<bool> {
    let label = input.version_stage.0.as_str();
    let holder = secret.labelled(label).map(|version| version.id.clone());
    let from = input.remove_from_version_id.as_ref().map(|id| id.0.as_str());
    let to = input.move_to_version_id.as_ref().map(|id| id.0.as_str());
    for id in [from, to].into_iter().flatten() {
        secret.version(id).ok_or_else(|| error::no_value_for_version(id))?;
    }
    match (from, to) {
        (None, None) => Err(error::no_version_for_label()),
        (Some(from), _) if holder.as_deref() != Some(from) => {
            // Moving a label to where it is already changes nothing, whatever source is named.
            if to.is_some() && to == holder.as_deref() {
                return Ok(false);
            }
            Err(error::label_not_on_version(label))
        }
        (Some(_), None) if label == CURRENT => Err(error::current_cannot_be_removed()),
        (Some(_), None) => {
            staging::detach(&mut secret.versions, label);
            Ok(true)
        }
        (from, Some(to)) => match holder {
            Some(holder) if holder == to => Ok(false),
            Some(holder) if from.is_none() => Err(error::label_holder_not_named(label, &holder)),
            _ => {
                staging::attach(&mut secret.versions, label, to);
                if staging::count(&secret.versions) > MOST_LABELS {
                    return Err(error::too_many_labels());
                }
                Ok(true)
            }
        },
    }
}

#[cfg(test)]
mod tests;
