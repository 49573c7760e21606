//! Reading one value, of a parameter or of the secret that a name stands for.

use strongroom_api::Sensitive;
use strongroom_wire::{Error, Result, json};

use crate::find::Slot;
use crate::name::{Named, Selector};
use crate::parameter::{Parameter, Version};
use crate::secrets::{Secret, SecretFault, Wanted};
use crate::shapes::ParameterType;
use crate::value::{Sealing, Value};
use crate::views::ParameterView;
use crate::{Call, Ssm, error, paths};

/// Reads what `slot` names.
///
/// # Errors
/// ParameterNotFound, ParameterVersionNotFound, InvalidKeyId, and what Secrets Manager says.
pub async fn read(call: &Call<'_>, slot: &Slot, decrypt: bool) -> Result<ParameterView> {
    if let Named::Secret { id, selector } = &slot.named {
        return secret(call, &slot.asked, (id, selector.as_deref()), decrypt).await;
    }
    let parameter = slot.parameter()?;
    let version = choose(parameter, slot.selector())?;
    let value = value(call, parameter, version, slot.arn(), decrypt).await?;
    Ok(ParameterView::of(parameter, version, slot.selector(), value, slot.arn()))
}

/// The value of a version.
///
/// # Errors
/// InvalidKeyId.
pub async fn value(
    call: &Call<'_>,
    parameter: &Parameter,
    version: &Version,
    arn: &str,
    decrypt: bool,
) -> Result<Sensitive<String>> {
    let key = paths::value(call.caller.account(), call.region, &parameter.id, version.number);
    let stored = call.service.records.get::<Value>(&key).await.map_err(error::of_record)?;
    // Deleted since the parameter was read: what is true now is found by starting again.
    let stored = stored.ok_or_else(Error::conflict)?;
    sealing(call, arn).show(&stored.value, decrypt).await
}

/// What seals and opens values of the parameter with this ARN.
pub fn sealing<'a>(call: &Call<'a>, arn: &'a str) -> Sealing<'a> {
    let service: &'a Ssm = call.service;
    Sealing { keys: &*service.keys, on_behalf: call.circumstances(), arn }
}

/// The version that is asked for; the latest if nobody says.
pub fn choose<'p>(parameter: &'p Parameter, selector: Option<&Selector>) -> Result<&'p Version> {
    let Some(selector) = selector else {
        return parameter.latest().ok_or_else(|| error::internal("a parameter has no version"));
    };
    match selector {
        Selector::Number(number) => parameter.version(*number),
        Selector::Label(label) => parameter.labelled(label),
    }
    .ok_or_else(|| error::no_version(&parameter.name, selector))
}

async fn secret(
    call: &Call<'_>,
    asked: &str,
    (id, selector): (&str, Option<&str>),
    decrypt: bool,
) -> Result<ParameterView> {
    if !decrypt {
        return Err(error::invalid(
            "WithDecryption flag must be True for retrieving a Secret Manager secret.",
        ));
    }
    let read = call.service.secrets.read(call.circumstances(), id, wanted(selector)).await;
    let secret = read.map_err(|fault| match fault {
        SecretFault::Missing => error::no_secret(asked),
        SecretFault::Refused { denied, message } => error::secret_refused(denied, &message),
        SecretFault::Other(error) => error,
    })?;
    let Some(value) = &secret.value else {
        return Err(error::secret_refused(false, "The secret holds a binary value."));
    };
    Ok(ParameterView {
        name: asked.to_owned(),
        r#type: ParameterType::SecureString,
        value: value.clone(),
        version: 0,
        selector: selector.map(|selector| format!(":{selector}")),
        source_result: Some(source_result(&secret, value)),
        last_modified_date: secret.created,
        arn: secret.arn.clone(),
        data_type: "text".to_owned(),
    })
}

/// Ids of versions have 32 to 64 characters; labels in use are shorter.
fn wanted(selector: Option<&str>) -> Wanted<'_> {
    const ID: std::ops::RangeInclusive<usize> = 32..=64;
    match selector {
        None => Wanted::Current,
        Some(text) if ID.contains(&text.len()) => Wanted::Id(text),
        Some(text) => Wanted::Stage(text),
    }
}

/// GetSecretValue's answer as JSON.
fn source_result(secret: &Secret, value: &Sensitive<String>) -> Sensitive<String> {
    let mut out = Vec::with_capacity(512 + value.reveal().len() * 6);
    let text = |out: &mut Vec<u8>, name: &str, value: &str| {
        out.extend_from_slice(name.as_bytes());
        json::push_string(out, value);
    };
    text(&mut out, "{\"ARN\":", &secret.arn);
    text(&mut out, ",\"name\":", &secret.name);
    text(&mut out, ",\"versionId\":", &secret.version_id);
    text(&mut out, ",\"secretString\":", value.reveal());
    out.extend_from_slice(b",\"versionStages\":[");
    for (index, stage) in secret.stages.iter().enumerate() {
        text(&mut out, if index == 0 { "" } else { "," }, stage);
    }
    text(&mut out, "],\"createdDate\":", &secret.created.audit_text());
    out.push(b'}');
    // Only texts and ASCII went in.
    Sensitive::new(String::from_utf8(out).unwrap_or_default())
}
