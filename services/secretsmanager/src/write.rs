//! What the operations that store a value have in common.

use strongroom_api::{Circumstances, Error, Result, Shape, Values};

use crate::announcement::Announcement;
use crate::keys::{Context, KeyChoice, PROBE};
use crate::operations::get_secret_value;
use crate::records::context;
use crate::secret::{Found, Secret};
use crate::value::{Envelope, Value};
use crate::version::Version;
use crate::{Call, SecretsManager, error, events};

/// A KMS key as clients name it; an empty one stands for the default key.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 0..=2048)]
pub struct KmsKeyId(pub String);

/// The name of the key that every account has.
pub const DEFAULT_KEY: &str = "alias/aws/secretsmanager";

/// How `ListSecretVersionIds` names the default key.
pub const DEFAULT_KEY_SHOWN: &str = "DefaultEncryptionKey";

/// The key to remember: `None` for the default key, however it is named.
#[must_use]
pub fn chosen_key(id: Option<&KmsKeyId>) -> Option<String> {
    let id = id.map(|id| id.0.as_str()).filter(|id| !id.is_empty() && *id != DEFAULT_KEY)?;
    Some(id.to_owned())
}

/// The choice of key that `secret` has made.
#[must_use]
pub fn choice(secret: &Secret) -> KeyChoice<'_> {
    KeyChoice {
        account: &secret.account,
        region: &secret.region,
        key: secret.kms_key_id.as_deref(),
    }
}

/// The ARN of the key named in a request, for `secretsmanager:KmsKeyArn`.
pub async fn key_arn(call: &Call<'_>, secret: &Secret, id: Option<&KmsKeyId>) -> Option<String> {
    let key = id.map(|id| id.0.as_str()).filter(|id| !id.is_empty())?;
    let choice = KeyChoice { account: &secret.account, region: &secret.region, key: Some(key) };
    call.service.keys.arn(call.circumstances(), choice).await
}

/// Proves that the caller can encrypt and decrypt with the secret's key, as AWS does whenever a key is
/// set or changed. The default key needs no proof.
///
/// # Errors
/// What KMS says.
pub async fn probe_key(call: &Call<'_>, secret: &Secret) -> Result<()> {
    if secret.kms_key_id.is_none() {
        return Ok(());
    }
    let probe = Context { secret_arn: secret.arn(), version_id: PROBE };
    let keys = &call.service.keys;
    let data_key = keys
        .generate(call.circumstances(), choice(secret), probe)
        .await
        .map_err(crate::keys::KeyFault::encrypting)?;
    keys.unwrap(call.circumstances(), &secret.region, &data_key.wrapped.blob, probe)
        .await
        .map_err(crate::keys::KeyFault::decrypting)?;
    Ok(())
}

/// A version with a value, as it was added to a secret that is still to be saved.
pub struct Added {
    /// The sealed value, to be saved with the secret.
    pub envelope: Envelope,
    /// What came along with the value, to be put on record once that is saved.
    pub aftermath: Aftermath,
}

/// What a new value brings with it.
#[derive(Default)]
pub struct Aftermath {
    /// How many old versions made room.
    cleaned: usize,
    /// That it has made an end of a rotation.
    abandoned: Option<Announcement>,
}

impl Aftermath {
    /// That so many old versions made room.
    #[must_use]
    pub fn cleaned(cleaned: usize) -> Self {
        Self { cleaned, abandoned: None }
    }

    /// Puts it on record.
    ///
    /// # Errors
    /// Internal only: the log cannot take it.
    pub async fn record(
        &self,
        service: &SecretsManager,
        circumstances: &Circumstances<'_>,
        secret: &Found,
    ) -> Result<()> {
        if let Some(abandoned) = &self.abandoned {
            service.publish(circumstances, secret, std::slice::from_ref(abandoned)).await?;
        }
        events::repeated(circumstances, secret, events::VERSION_DELETION, self.cleaned)
    }
}

/// Adds a version with this value to `secret`, see [`Secret::add_version`], and takes out the oldest of
/// those without labels.
///
/// # Errors
/// What KMS says, and the limits.
pub async fn add_value(
    call: &Call<'_>,
    secret: &mut Secret,
    version_id: &str,
    value: &Value,
    stages: Option<&[String]>,
) -> Result<Added> {
    let (envelope, shown_key) = seal(call, secret, version_id, value).await?;
    // First, since a full secret takes no more; and again, for what lost its label just now.
    let mut cleaned = secret.clean_up(call.now, CLEANED_AT_ONCE).len();
    let rotating = secret.rotating().map(str::to_owned);
    secret.add_version(version_id, shown_key, stages, call.now)?;
    let abandoned = rotating
        .filter(|_| secret.rotating().is_none())
        .map(|token| secret.announce(events::ROTATION_ABANDONED, &token, None, call.now));
    cleaned += secret.clean_up(call.now, CLEANED_AT_ONCE - cleaned).len();
    Ok(Added { envelope, aftermath: Aftermath { cleaned, abandoned } })
}

/// Seals a value for a version of `secret` under the secret's key. With it comes the key's ARN, as the
/// list of versions shows it; `None` for the default key.
///
/// # Errors
/// What KMS says.
pub async fn seal(
    call: &Call<'_>,
    secret: &Secret,
    version_id: &str,
    value: &Value,
) -> Result<(Envelope, Option<String>)> {
    let context = context(secret, version_id);
    let data_key = call
        .service
        .keys
        .generate(call.circumstances(), choice(secret), context)
        .await
        .map_err(crate::keys::KeyFault::encrypting)?;
    let shown = secret.kms_key_id.as_ref().map(|_| data_key.wrapped.key_arn.clone());
    let envelope = Envelope::seal(value, context, &data_key.plain, data_key.wrapped, call.entropy)?;
    Ok((envelope, shown))
}

/// A token that made a version before must come with the same value again.
///
/// # Errors
/// AWS's error for a token in use; what KMS says (the comparison needs the value in clear).
pub async fn must_be_the_same(
    call: &Call<'_>,
    secret: &Found,
    version: &Version,
    value: &Value,
) -> Result<()> {
    let had = get_secret_value::open(call, secret, version).await?;
    // Both values are the caller's own by now, yet comparing costs nothing to do right.
    if had.same_as(value) { Ok(()) } else { Err(error::token_in_use(&version.id, secret.0.arn())) }
}

/// What a token stands for in a secret that it was sent to.
pub enum Token<'s> {
    /// No version has it, or only one that a rotation prepared and that has no value yet.
    Free,
    /// It made this version.
    Used(&'s Version),
}

/// Looks up a token.
#[must_use]
pub fn token<'s>(secret: &'s Secret, token: &str) -> Token<'s> {
    match secret.version(token) {
        Some(version) if version.has_value => Token::Used(version),
        _ => Token::Free,
    }
}

/// Refuses every type of secret that is managed outside: none of AWS's partners is known here.
///
/// # Errors
/// AWS's code for a type that it does not know; the text is ours.
pub fn check_type(name: Option<&str>) -> Result<()> {
    match name {
        Some(name) if !name.is_empty() => Err(error::unknown_type(name)),
        _ => Ok(()),
    }
}

/// A boolean as policies see it.
#[must_use]
pub fn truth(value: bool) -> Values<'static> {
    Values::one(if value { "true" } else { "false" })
}

/// The labels of a version as a reply shows them.
#[must_use]
pub fn stages_of(secret: &Secret, version_id: &str) -> Vec<String> {
    secret.version(version_id).map(|version| version.stages.clone()).unwrap_or_default()
}

/// Refuses callers of another account when the secret is under the default key, as AWS does for reads
/// and writes of the value.
///
/// # Errors
/// AWS's error.
pub fn check_account(call: &Call<'_>, secret: &Secret) -> Result<(), Error> {
    let foreign = call.caller.account() != secret.account;
    if foreign && secret.kms_key_id.is_none() {
        return Err(error::default_key_across_accounts());
    }
    Ok(())
}

/// Old versions that one call cleans up beside its own work; the transaction is bounded.
pub const CLEANED_AT_ONCE: usize = 50;
