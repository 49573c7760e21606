//! Secrets read straight from the service, for `exec` and `get`: what they hold, and their JSON keys.

use serde::Deserialize;
use serde_json::Value;
use strongroom_client::{Client, SECRETS_MANAGER};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::value::SecretValue;

/// A secret, and a key of its JSON: `prod/db#password`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name or ARN.
    pub secret: String,
    /// The key, if only its value is wanted; further keys after dots.
    pub key: Option<String>,
}

impl Place {
    /// Reads `secret` or `secret#key`. No secret's name holds a `#`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once('#') {
            Some((secret, key)) => Self { secret: secret.to_owned(), key: Some(key.to_owned()) },
            None => Self { secret: text.to_owned(), key: None },
        }
    }
}

/// Fetches a secret.
///
/// # Errors
/// What the service refused.
pub async fn fetch(
    client: &Client,
    id: &str,
    version_id: Option<&str>,
    version_stage: Option<&str>,
) -> Result<SecretValue, Failure> {
    let mut body = serde_json::json!({ "SecretId": id });
    for (name, value) in [("VersionId", version_id), ("VersionStage", version_stage)] {
        if let Some(value) = value {
            body[name] = value.into();
        }
    }
    let body = body.to_string();
    let reply =
        client.json(SECRETS_MANAGER, "secretsmanager.GetSecretValue", body.as_bytes()).await;
    let reply = reply.map_err(|error| {
        let failure = Failure::from(error);
        Failure { message: format!("cannot read {id}: {}", failure.message), ..failure }
    })?;
    Ok(reply.json::<SecretValue>()?)
}

/// The bytes of a secret, or of one key of its JSON.
///
/// # Errors
/// When the key is not there; the secret is not quoted.
pub fn select(value: &SecretValue, key: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let Some(key) = key else { return bytes(value) };
    let text = value.secret_string.as_deref().unwrap_or_default();
    let json: Value = serde_json::from_str(text)
        .map_err(|_| Failure::new(format!("{} is not JSON, so it has no key {key}", value.name)))?;
    let whole = json.get(key);
    let nested = || key.split('.').try_fold(&json, |json, key| json.get(key));
    let found = whole.or_else(nested);
    found.map(text_of).ok_or_else(|| Failure::new(format!("{} has no key {key}", value.name)))
}

/// A variable and its value.
pub type Variable = (String, Zeroizing<Vec<u8>>);

/// The variables that a secret's JSON stands for: its keys in capitals; the whole secret under the last
/// part of its name if it is no JSON object.
///
/// # Errors
/// For values that cannot be in a variable.
pub fn variables(value: &SecretValue) -> Result<Vec<Variable>, Failure> {
    #[derive(Deserialize)]
    struct Members(serde_json::Map<String, Value>);
    let text = value.secret_string.as_deref().unwrap_or_default();
    if let Ok(Members(members)) = serde_json::from_str(text) {
        return Ok(members.iter().map(|(key, value)| (variable(key), text_of(value))).collect());
    }
    let name = value.name.rsplit('/').next().unwrap_or_default();
    Ok(vec![(variable(name), bytes(value)?)])
}

/// A name as variables have it.
fn variable(name: &str) -> String {
    let mut text: String = name
        .chars()
        .map(
            |letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' },
        )
        .collect();
    if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        text.insert(0, '_');
    }
    text
}

fn text_of(value: &Value) -> Zeroizing<Vec<u8>> {
    match value {
        Value::String(text) => Zeroizing::new(text.clone().into_bytes()),
        other => Zeroizing::new(other.to_string().into_bytes()),
    }
}

fn bytes(value: &SecretValue) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if let Some(text) = &value.secret_string {
        return Ok(Zeroizing::new(text.clone().into_bytes()));
    }
    let binary = value.secret_binary.as_deref().unwrap_or_default();
    let decoded = data_encoding::BASE64.decode(binary.as_bytes());
    decoded.map(Zeroizing::new).map_err(|_| Failure::new(format!("{} holds no value", value.name)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    fn value(text: &str) -> SecretValue {
        let json = serde_json::json!({"ARN": "a", "Name": "prod/api-key", "VersionId": "v", "SecretString": text});
        serde_json::from_value(json).unwrap()
    }

    fn selected(text: &str, key: Option<&str>) -> Result<String, String> {
        let found = select(&value(text), key).map_err(|failure| failure.message)?;
        Ok(String::from_utf8(found.to_vec()).unwrap())
    }

    #[test]
    fn a_key_of_the_json_is_found_by_its_name() {
        let json = r#"{"password":"a b","port":5432,"a.b":"dotted","a":{"c":"nested"}}"#;
        for (key, expected) in
            [("password", "a b"), ("port", "5432"), ("a.b", "dotted"), ("a.c", "nested")]
        {
            assert_eq!(selected(json, Some(key)).as_deref(), Ok(expected));
        }
        assert_eq!(selected(json, None).as_deref(), Ok(json));
        assert_eq!(selected(json, Some("x")), Err("prod/api-key has no key x".to_owned()));
        let error = selected("hunter2", Some("x")).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn json_becomes_variables_and_anything_else_one() {
        let names = |text: &str| -> Vec<String> {
            variables(&value(text)).unwrap().into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(r#"{"db-user":"u","2fa":1}"#), ["_2FA", "DB_USER"]);
        assert_eq!(names("hunter2"), ["API_KEY"]);
        assert_eq!(names("[1]"), ["API_KEY"]);
    }

    #[test]
    fn a_place_is_a_secret_and_perhaps_a_key() {
        let key = Some("password".to_owned());
        assert_eq!(Place::parse("prod/db#password"), Place { secret: "prod/db".to_owned(), key });
        assert_eq!(Place::parse("prod/db").key, None);
    }
}
