//! Bringing the data keys of existing versions under another KMS key.

use strongroom_api::Result;

use crate::Call;
use crate::records::context;
use crate::secret::Secret;
use crate::staging::{CURRENT, PENDING, PREVIOUS};
use crate::value::Envelope;
use crate::write::{DEFAULT_KEY_SHOWN, choice};

/// Wraps the data keys of the versions with AWSCURRENT, AWSPENDING and AWSPREVIOUS under the key that
/// `secret` now names. The old wrappings stay, so that both keys open these versions.
///
/// The answer is what is to be saved.
///
/// A version whose data key the caller may not open, or wrap under the new key, stays as it is: AWS
/// says nothing about it then.
///
/// # Errors
/// Internal only.
pub async fn labelled_versions(
    call: &Call<'_>,
    secret: &mut Secret,
) -> Result<Vec<(String, Envelope)>> {
    let mut rewrapped: Vec<(String, Envelope)> = Vec::new();
    for label in [CURRENT, PENDING, PREVIOUS] {
        let Some(version) = secret.labelled(label).filter(|v| v.has_value) else { continue };
        let id = version.id.clone();
        if rewrapped.iter().any(|(done, _)| *done == id) {
            continue;
        }
        let Some(stowed) = call.service.envelope(secret, &id).await? else { continue };
        let mut envelope = (*stowed).clone();
        let Some(key_arn) = add_wrapping(call, secret, &id, &mut envelope).await else { continue };
        let shown =
            if secret.kms_key_id.is_some() { key_arn } else { DEFAULT_KEY_SHOWN.to_owned() };
        let is_default = secret.kms_key_id.is_none();
        if let Some(version) = secret.version_mut(&id) {
            remember(&mut version.kms_keys, shown, is_default);
        }
        rewrapped.push((id, envelope));
    }
    Ok(rewrapped)
}

/// `None` when KMS does not let the caller.
async fn add_wrapping(
    call: &Call<'_>,
    secret: &Secret,
    version_id: &str,
    envelope: &mut Envelope,
) -> Option<String> {
    let context = context(secret, version_id);
    let keys = &call.service.keys;
    let (_, blob) = envelope.wrappings().next()?;
    let plain = keys.unwrap(call.circumstances(), &secret.region, blob, context).await.ok()?;
    let wrapped = keys.wrap(call.circumstances(), choice(secret), &plain, context).await.ok()?;
    let key_arn = wrapped.key_arn.clone();
    envelope.add_wrapping(wrapped);
    Some(key_arn)
}

/// An empty list stands for the default key alone; as soon as there are two, it is named.
fn remember(keys: &mut Vec<String>, shown: String, is_default: bool) {
    if keys.is_empty() {
        if is_default {
            return;
        }
        keys.push(DEFAULT_KEY_SHOWN.to_owned());
    }
    keys.retain(|key| *key != shown);
    keys.insert(0, shown);
}
