//! UntagResource: takes tags off a secret.

use std::borrow::Cow;

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::id::SecretId;
use crate::secret::Found;
use crate::{Call, SecretsManager, replicate};

/// The operation.
pub struct UntagResource;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    tag_keys: Vec<TagKey>,
}

/// The key of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=128)]
pub struct TagKey(String);

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db", "TagKeys": ["team"]}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(input: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        if key == "aws:tagkeys" {
            let keys = input.tag_keys.iter().map(|key| Cow::Borrowed(key.0.as_str()));
            return Some(Values::Many(keys.collect()));
        }
        secret?.condition(key)
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<()> {
        secret.must_be_changeable()?;
        let mut changed = secret.0.value.clone();
        let Some(tags) = &mut changed.tags else { return Ok(()) };
        let had = tags.len();
        tags.retain(|tag| !input.tag_keys.iter().any(|key| key.0 == tag.key()));
        if tags.len() == had {
            // A key that is not there is no error and no change.
            return Ok(());
        }
        changed.mark_changed(call.now);
        // Tags may be what opens the secret to the caller: AWS refuses to let one lock oneself out.
        call.still_allows::<Self>(input, &Found::supposed(&secret, changed.clone()))?;
        call.service.save(Some(&secret), changed, Vec::new()).await?;
        replicate::propagate(call, &secret).await;
        Ok(())
    }
}
