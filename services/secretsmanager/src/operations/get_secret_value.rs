//! GetSecretValue: the value of one version of a secret.

use strongroom_api::{
    Audit, Authorized, Blob, Error, Operation, Reply, Result, Sensitive, Shape, Timestamp, Values,
};

use crate::id::{SecretId, VersionId, VersionStage};
use crate::keys::{Context, KeyFault, PlainKey};
use crate::records::context;
use crate::secret::{Found, Secret};
use crate::staging::CURRENT;
use crate::value::{Envelope, Value};
use crate::version::Version;
use crate::{Call, SecretsManager, error, write};

/// The operation.
pub struct GetSecretValue;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    version_id: Option<VersionId>,
    version_stage: Option<VersionStage>,
}

impl Input {
    /// A request for the current value.
    #[must_use]
    pub fn current(secret_id: SecretId) -> Self {
        Self { secret_id, version_id: None, version_stage: None }
    }
}

impl GetSecretValue {
    /// A request for the current value.
    #[must_use]
    pub fn current(secret_id: SecretId) -> Input {
        Input::current(secret_id)
    }

    /// A request for the version with this id.
    #[must_use]
    pub fn version(secret_id: SecretId, id: String) -> Input {
        Input { secret_id, version_id: Some(VersionId(id)), version_stage: None }
    }

    /// A request for the version with this staging label.
    #[must_use]
    pub fn stage(secret_id: SecretId, stage: String) -> Input {
        Input { secret_id, version_id: None, version_stage: Some(VersionStage(stage)) }
    }
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    version_id: String,
    secret_binary: Option<Sensitive<Blob>>,
    secret_string: Option<Sensitive<String>>,
    version_stages: Option<Vec<String>>,
    created_date: Timestamp,
}

impl Output {
    /// The ARN of the secret.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The secret's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the version.
    #[must_use]
    pub fn version_id(&self) -> &str {
        &self.version_id
    }

    /// The value, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&Sensitive<String>> {
        self.secret_string.as_ref()
    }

    /// The staging labels of the version.
    #[must_use]
    pub fn stages(&self) -> &[String] {
        self.version_stages.as_deref().unwrap_or_default()
    }

    /// When the version was made.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created_date
    }
}

impl Operation for GetSecretValue {
    const NAME: &'static str = "GetSecretValue";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db", "VersionStage": "AWSCURRENT"}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(input: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        match key {
            "secretsmanager:versionid" => input.version_id.as_ref().map(|id| Values::one(&id.0)),
            "secretsmanager:versionstage" => {
                input.version_stage.as_ref().map(|stage| Values::one(&stage.0))
            }
            key => secret?.condition(key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_active()?;
        write::check_account(call, &secret)?;
        let version = choose(&secret, input)?;
        let value = open(call, &secret, version).await?;
        call.service.access.note(&secret.0.key, &secret, &version.id, call.now);
        let (secret_string, secret_binary) = value.split();
        Ok(Output {
            arn: secret.0.arn().to_owned(),
            name: secret.name.clone(),
            version_id: version.id.clone(),
            secret_binary,
            secret_string,
            version_stages: (!version.is_deprecated()).then(|| version.stages.clone()),
            created_date: version.created,
        })
    }
}

/// The version that the request asks for; AWSCURRENT if it does not say.
fn choose<'s>(secret: &'s Secret, input: &Input) -> Result<&'s Version> {
    let stage = input.version_stage.as_ref().map(|stage| stage.0.as_str());
    let Some(VersionId(id)) = &input.version_id else {
        let stage = stage.unwrap_or(CURRENT);
        let holder = secret.labelled(stage).filter(|version| version.has_value);
        return holder.ok_or_else(|| error::no_value_for_stage(stage));
    };
    let version = secret.version(id).ok_or_else(|| error::no_value_for_version(id))?;
    if stage.is_some_and(|stage| !version.has(stage)) {
        return Err(error::stage_not_of_version());
    }
    // A version that a rotation has only prepared cannot be read.
    if version.has_value { Ok(version) } else { Err(error::no_value_for_version(id)) }
}

/// Opens the value of `version`.
pub(crate) async fn open(call: &Call<'_>, secret: &Secret, version: &Version) -> Result<Value> {
    let context = context(secret, &version.id);
    // The commonest read borrows the value from the cached record.
    let is_current = version.has(CURRENT);
    if let (true, Some(envelope)) = (is_current, secret.current_value.as_ref()) {
        let plain = data_key(call, secret, envelope, context).await?;
        return envelope.open(context, &plain);
    }
    let envelope = call.service.envelope(secret, &version.id).await?;
    let Some(envelope) = envelope else { return Err(vanished(call, secret, version).await?) };
    let plain = data_key(call, secret, &envelope, context).await?;
    envelope.open(context, &plain)
}

/// Why a value is not where `secret` says. Two records are read, and in between the secret may be
/// deleted, or the version dropped or made current: then the call begins again with what is so now.
async fn vanished(call: &Call<'_>, secret: &Secret, version: &Version) -> Result<Error> {
    let now = call.service.lookup(&secret.account, &secret.region, &secret.name).await?;
    let holder = |secret: &Secret| secret.labelled(CURRENT).map(|version| version.id.clone());
    let is_as_it_was = now.is_some_and(|now| {
        now.0.arn() == secret.arn()
            && now.version(&version.id).is_some_and(|version| version.has_value)
            && holder(&now) == holder(secret)
    });
    // Looked for again, since labels may have moved there and back.
    let is_lost = is_as_it_was && call.service.envelope(secret, &version.id).await?.is_none();
    Ok(match is_lost {
        true => Error::internal("a version has lost its value"),
        false => Error::conflict(),
    })
}

/// The data key of an envelope, by the first of its KMS keys that opens it.
async fn data_key(
    call: &Call<'_>,
    secret: &Secret,
    envelope: &Envelope,
    context: Context<'_>,
) -> Result<PlainKey> {
    let mut fault = KeyFault::Denied;
    for (index, (_, blob)) in envelope.wrappings().enumerate() {
        let unwrapped =
            call.service.keys.unwrap(call.circumstances(), &secret.region, blob, context).await;
        match unwrapped {
            Ok(plain) => return Ok(plain),
            // What is wrong with the key in use is what the caller should hear.
            Err(found) if index == 0 => fault = found,
            Err(_) => {}
        }
    }
    Err(fault.decrypting())
}

#[cfg(test)]
mod tests;
