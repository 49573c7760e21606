//! One event: the checks that all of AWS's templates make, then the step.

use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;
use crate::password::PasswordRules;
use crate::rotator::{CURRENT, PENDING, Rotator, Step};
use crate::secrets::{Rotation, Secrets};

/// What Secrets Manager sends to a rotation function.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// `createSecret`, `setSecret`, `testSecret`, `finishSecret`; also `rehearse`.
    pub step: String,
    /// The secret's ARN.
    pub secret_id: String,
    /// The id of the version that becomes the current one; a rehearsal has none.
    #[serde(default)]
    pub client_request_token: Option<String>,
    /// What identifies the rotation to Secrets Manager.
    #[serde(default)]
    pub rotation_token: Option<String>,
}

impl Event {
    /// Reads an invocation's payload.
    ///
    /// # Errors
    /// `KeyError` or `ValueError`: it is no such event.
    pub fn read(payload: &[u8]) -> Result<Self, Error> {
        let event: Self = serde_json::from_slice(payload)
            .map_err(|_| Error::key("The event has to name Step and SecretId"))?;
        if event.step != "rehearse" && event.client_request_token.is_none() {
            return Err(Error::key("The event has to name ClientRequestToken"));
        }
        Ok(event)
    }
}

/// Does what an event asks for; the answer is what a rehearsal found, or nothing.
///
/// # Errors
/// In AWS's words.
pub async fn handle<R: Rotator, S: Secrets>(
    rotator: &R,
    secrets: &S,
    rules: &PasswordRules,
    event: Event,
) -> Result<Value, Error> {
    let name = event.step;
    let rotation = Rotation {
        arn: event.secret_id,
        token: event.client_request_token.unwrap_or_default(),
        rotation_token: event.rotation_token,
    };
    let step = Step { secrets, rotation: &rotation, rules };
    if name == "rehearse" {
        let found = rotator.rehearse(&step).await?;
        return serde_json::to_value(found).map_err(|cause| Error::value(cause.to_string()));
    }
    if !is_due(secrets, &rotation).await? {
        return Ok(Value::Null);
    }
    match name.as_str() {
        "createSecret" => rotator.create_secret(&step).await?,
        "setSecret" => rotator.set_secret(&step).await?,
        "testSecret" => rotator.test_secret(&step).await?,
        "finishSecret" => rotator.finish_secret(&step).await?,
        _ => {
            let arn = &rotation.arn;
            let text = format!("Invalid step parameter {name} for secret {arn}");
            return Err(Error::value(text));
        }
    }
    Ok(Value::Null)
}

/// Whether the version is pending; not when it is the current one already.
async fn is_due<S: Secrets>(secrets: &S, rotation: &Rotation) -> Result<bool, Error> {
    let Rotation { arn, token, .. } = rotation;
    let description = secrets.describe(arn).await?;
    if description.rotation_enabled == Some(false) {
        return Err(Error::value(format!("Secret {arn} is not enabled for rotation")));
    }
    let Some(stages) = description.stages.get(token) else {
        return Err(Error::value(format!(
            "Secret version {token} has no stage for rotation of secret {arn}."
        )));
    };
    let has = |stage: &str| stages.iter().any(|name| name == stage);
    if has(CURRENT) {
        tracing::info!("Secret version {token} already set as AWSCURRENT for secret {arn}.");
        return Ok(false);
    }
    if !has(PENDING) {
        return Err(Error::value(format!(
            "Secret version {token} not set as AWSPENDING for rotation of secret {arn}."
        )));
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_event_needs_a_token_unless_it_is_a_rehearsal() {
        let event = Event::read(br#"{"Step":"rehearse","SecretId":"arn"}"#).unwrap();
        assert_eq!(event.client_request_token, None);
        let error = Event::read(br#"{"Step":"setSecret","SecretId":"arn"}"#).unwrap_err();
        assert_eq!(error.kind(), "KeyError");
    }

    #[test]
    fn garbage_is_no_event() {
        for payload in [&b""[..], b"null", b"[]", b"{\"Step\":1}", b"\xff"] {
            assert_eq!(Event::read(payload).unwrap_err().kind(), "KeyError");
        }
    }
}
