//! UpdateSecret: another description, key or value.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Blob, Operation, Reply, ResourceRule, Result, Sensitive, Shape, Target,
    Values,
};

use crate::id::{SecretId, VersionId};
use crate::secret::{Found, Secret};
use crate::value::{Envelope, Value};
use crate::write::{self, KmsKeyId, Token};
use crate::{Call, SecretsManager, error, rekey, replicate};

/// The operation.
pub struct UpdateSecret;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    client_request_token: Option<VersionId>,
    #[shape(length = 0..=2048)]
    description: Option<String>,
    kms_key_id: Option<KmsKeyId>,
    #[shape(length = 1..=65536)]
    secret_binary: Option<Sensitive<Blob>>,
    #[shape(length = 1..=65536)]
    secret_string: Option<Sensitive<String>>,
    #[shape(name = "Type", length = 0..=256)]
    secret_type: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    version_id: Option<String>,
}

/// The secret, and the key it is to have.
pub struct Change {
    secret: Found,
    kms_key_arn: Option<String>,
}

impl Target for Change {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(&self.secret)
    }

    fn account(&self) -> &str {
        Target::account(&self.secret)
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.secret.tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.secret.rule()
    }
}

impl Operation for UpdateSecret {
    const NAME: &'static str = "UpdateSecret";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{
        "SecretId": "prod/db", "ClientRequestToken": "EXAMPLE3-90ab-cdef-fedc-ba987SECRET3",
        "SecretString": "PLANTED-hunter2-VALUE", "Description": "the database"
    }"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Change;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Change> {
        input.secret_id.resolve(call.caller.account(), call.region)?;
        let has_value = input.secret_string.is_some() || input.secret_binary.is_some();
        if has_value && input.client_request_token.is_none() {
            return Err(error::no_token());
        }
        let secret = call.service.find(call, &input.secret_id).await?;
        let kms_key_arn = write::key_arn(call, &secret, input.kms_key_id.as_ref()).await;
        Ok(Change { secret, kms_key_arn })
    }

    fn condition<'v>(
        input: &'v Input,
        change: Option<&'v Change>,
        key: &str,
    ) -> Option<Values<'v>> {
        match key {
            "secretsmanager:description" => input.description.as_deref().map(Values::one),
            "secretsmanager:type" => input.secret_type.as_deref().map(Values::one),
            "secretsmanager:kmskeyid" => input.kms_key_id.as_ref().map(|id| Values::one(&id.0)),
            "secretsmanager:kmskeyarn" => change?.kms_key_arn.as_deref().map(Values::one),
            key => change?.secret.condition(key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, change: Authorized<Change>) -> Result<Output> {
        let secret = &change.secret;
        secret.must_be_changeable()?;
        write::check_type(input.secret_type.as_deref())?;
        let value = Value::of(input.secret_string.as_ref(), input.secret_binary.as_ref())?;
        if value.is_some() {
            write::check_account(call, secret)?;
        }
        let mut changed = secret.0.value.clone();
        let new_key = new_key(&changed, input);
        let is_changed = describe(&mut changed, input) | new_key.is_some();
        let mut fresh = match new_key {
            Some(key) => change_key(call, &mut changed, key).await?,
            None => Vec::new(),
        };
        let token = input.client_request_token.as_ref().map(|token| token.0.as_str());
        let (Some(value), Some(token)) = (value, token) else {
            // A token without a value means nothing: SDKs always send one.
            if is_changed {
                changed.mark_changed(call.now);
                call.service.save(Some(secret), changed, fresh).await?;
                replicate::propagate(call, secret).await;
            }
            return Ok(output(secret, None));
        };
        if let Token::Used(version) = write::token(secret, token) {
            write::must_be_the_same(call, secret, version, &value).await?;
            return Ok(output(secret, Some(token)));
        }
        let added = write::add_value(call, &mut changed, token, &value, None).await?;
        fresh.push((token.to_owned(), added.envelope));
        call.service.save(Some(secret), changed, fresh).await?;
        added.aftermath.record(call.service, call.circumstances(), secret).await?;
        replicate::propagate(call, secret).await;
        Ok(output(secret, Some(token)))
    }
}

fn output(secret: &Found, version_id: Option<&str>) -> Output {
    Output {
        arn: secret.0.arn().to_owned(),
        name: secret.name.clone(),
        version_id: version_id.map(str::to_owned),
    }
}

/// The description; an empty one clears it.
fn describe(secret: &mut Secret, input: &Input) -> bool {
    let Some(text) = &input.description else { return false };
    secret.description = Some(text.clone()).filter(|text| !text.is_empty());
    true
}

/// The key that the request asks for, if it is another one; `Some(None)` is the default key.
fn new_key(secret: &Secret, input: &Input) -> Option<Option<String>> {
    let key = write::chosen_key(Some(input.kms_key_id.as_ref()?));
    (key != secret.kms_key_id).then_some(key)
}

/// Another key: proved usable first, then the data keys of the labelled versions come under it, too.
async fn change_key(
    call: &Call<'_>,
    secret: &mut Secret,
    key: Option<String>,
) -> Result<Vec<(String, Envelope)>> {
    secret.kms_key_id = key;
    write::probe_key(call, secret).await?;
    rekey::labelled_versions(call, secret).await
}

#[cfg(test)]
mod tests;
