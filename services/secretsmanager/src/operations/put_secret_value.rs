//! PutSecretValue: a new version of a secret.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Sensitive, Shape, Values};

use crate::id::{SecretId, VersionId, VersionStage};
use crate::secret::{Found, Secret};
use crate::value::Value;
use crate::write::{self, Token};
use crate::{Call, SecretsManager, error, replicate};

/// The operation.
pub struct PutSecretValue;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    client_request_token: Option<VersionId>,
    #[shape(length = 1..=65536)]
    secret_binary: Option<Sensitive<Blob>>,
    #[shape(length = 1..=65536)]
    secret_string: Option<Sensitive<String>>,
    #[shape(length = 1..=20)]
    version_stages: Option<Vec<VersionStage>>,
    #[shape(length = 36..=256, pattern = r"^[a-zA-Z0-9\-]+$")]
    rotation_token: Option<Sensitive<String>>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    version_id: String,
    version_stages: Vec<String>,
}

impl Operation for PutSecretValue {
    const NAME: &'static str = "PutSecretValue";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{
        "SecretId": "prod/db", "ClientRequestToken": "EXAMPLE2-90ab-cdef-fedc-ba987SECRET2",
        "SecretString": "PLANTED-hunter2-VALUE", "VersionStages": ["AWSCURRENT"],
        "RotationToken": "PLANTED-hunter2-VALUE-90ab-cdef-fedc-ba98"
    }"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        input.secret_id.resolve(call.caller.account(), call.region)?;
        if input.client_request_token.is_none() {
            return Err(error::no_token());
        }
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(_: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        secret?.condition(key)
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_changeable()?;
        write::check_account(call, &secret)?;
        let value = Value::of(input.secret_string.as_ref(), input.secret_binary.as_ref())?
            .ok_or_else(error::no_value)?;
        let VersionId(token) = input.client_request_token.as_ref().ok_or_else(error::no_token)?;
        check_rotation_token(call, &secret, token, input.rotation_token.as_ref())?;
        if let Token::Used(version) = write::token(&secret, token) {
            write::must_be_the_same(call, &secret, version, &value).await?;
            return Ok(output(&secret, token));
        }
        let stages: Option<Vec<String>> = input
            .version_stages
            .as_ref()
            .map(|stages| stages.iter().map(|stage| stage.0.clone()).collect());
        let mut changed = secret.0.value.clone();
        let added = write::add_value(call, &mut changed, token, &value, stages.as_deref()).await?;
        let output = output(&changed, token);
        let fresh = vec![(token.clone(), added.envelope)];
        call.service.save(Some(&secret), changed, fresh).await?;
        added.aftermath.record(call.service, call.circumstances(), &secret).await?;
        replicate::propagate(call, &secret).await;
        Ok(output)
    }
}

/// Whoever gives the version of a rotation its value has to be of that rotation: by its token, which
/// nobody but its function is told. A caller of the secret's own account may leave that out.
fn check_rotation_token(
    call: &Call<'_>,
    secret: &Secret,
    version_id: &str,
    shown: Option<&Sensitive<String>>,
) -> Result<()> {
    let run = secret.rotation.as_ref().and_then(|rotation| rotation.run.as_ref());
    let Some(run) = run.filter(|run| run.token == version_id && !run.is_test) else {
        return Ok(());
    };
    match shown {
        Some(shown) => {
            let (shown, known) = (shown.reveal().as_bytes(), run.rotation_token.as_bytes());
            verify_slices_are_equal(shown, known)
                .map_err(|_| error::rotation::wrong_rotation_token())
        }
        None if call.caller.account() == secret.account => Ok(()),
        None => Err(error::rotation::no_rotation_token()),
    }
}

fn output(secret: &Secret, version_id: &str) -> Output {
    Output {
        arn: secret.arn().to_owned(),
        name: secret.name.clone(),
        version_id: version_id.to_owned(),
        version_stages: write::stages_of(secret, version_id),
    }
}

#[cfg(test)]
mod tests;
