//! TagResource: adds tags to a secret, or overwrites them by key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::id::SecretId;
use crate::secret::Found;
use crate::tag::{self, Tag};
use crate::{Call, SecretsManager, replicate};

/// The operation.
pub struct TagResource;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    tags: Vec<Tag>,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"SecretId": "prod/db", "Tags": [{"Key": "team", "Value": "core"}]}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(input: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        tag::request_condition(&input.tags, key).or_else(|| secret?.condition(key))
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<()> {
        secret.must_be_changeable()?;
        tag::check(&input.tags)?;
        let had = secret.tags.as_deref().unwrap_or_default();
        let mut changed = secret.0.value.clone();
        changed.tags = Some(tag::merged(had, &input.tags)?);
        changed.mark_changed(call.now);
        // Tags may be what opens the secret to the caller: AWS refuses to let one lock oneself out.
        call.still_allows::<Self>(input, &Found::supposed(&secret, changed.clone()))?;
        call.service.save(Some(&secret), changed, Vec::new()).await?;
        replicate::propagate(call, &secret).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
