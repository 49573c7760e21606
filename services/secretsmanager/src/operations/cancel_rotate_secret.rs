//! CancelRotateSecret: turns rotation off, and stops one that is in progress.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::secret::Found;
use crate::{Call, SecretsManager, error, replicate};

/// The operation.
pub struct CancelRotateSecret;

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
    name: String,
    version_id: Option<String>,
}

impl Operation for CancelRotateSecret {
    const NAME: &'static str = "CancelRotateSecret";
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
        secret.must_be_changeable()?;
        let mut changed = secret.0.value.clone();
        let rotation = changed.rotation.as_mut().ok_or_else(error::rotation::never_set_up)?;
        // The labels stay as they are: AWSPENDING is taken off by hand. Rules and function are kept.
        let run = rotation.run.take();
        if rotation.enabled || run.is_some() {
            rotation.enabled = false;
            rotation.ended = run.as_ref().map(|run| run.token.clone()).or(rotation.ended.take());
            changed.mark_changed(call.now);
            call.service.save(Some(&secret), changed, Vec::new()).await?;
            replicate::propagate(call, &secret).await;
        }
        Ok(Output {
            arn: secret.0.arn().to_owned(),
            name: secret.name.clone(),
            version_id: run.map(|run| run.token),
        })
    }
}

#[cfg(test)]
mod tests;
