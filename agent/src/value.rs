//! A value as it came from the service, and as it goes to callers.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::config::Form;

/// GetSecretValue's answer.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
pub struct SecretValue {
    /// The secret's ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The version's id.
    pub version_id: String,
    /// The value, if it is text.
    #[serde(default)]
    pub secret_string: Option<String>,
    /// The value in base64, if it is not.
    #[serde(default)]
    pub secret_binary: Option<String>,
    /// The version's staging labels.
    #[serde(default)]
    pub version_stages: Vec<String>,
    /// When the version was created, in epoch seconds.
    #[serde(default)]
    pub created_date: f64,
}

impl SecretValue {
    /// The answer to a caller.
    #[must_use]
    pub fn written(&self, form: Form) -> Bytes {
        let created = match form {
            Form::Agent => self.created_date.to_string(),
            Form::Extension => moment(self.created_date),
        };
        wiped(&SecretAnswer {
            arn: &self.arn,
            name: &self.name,
            version_id: &self.version_id,
            secret_string: self.secret_string.as_deref(),
            secret_binary: self.secret_binary.as_deref(),
            version_stages: &self.version_stages,
            created_date: &created,
            result_metadata: (form == Form::Extension).then_some(Empty {}),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecretAnswer<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    name: &'a str,
    version_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_string: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_binary: Option<&'a str>,
    version_stages: &'a [String],
    created_date: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_metadata: Option<Empty>,
}

#[derive(Serialize)]
struct Empty {}

/// GetParameter's answer.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
pub struct ParameterValue {
    /// The parameter.
    pub parameter: Parameter,
}

/// A parameter.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
pub struct Parameter {
    /// Its ARN.
    #[serde(rename = "ARN", default)]
    pub arn: String,
    /// Its name.
    pub name: String,
    #[serde(default)]
    data_type: Option<String>,
    #[serde(default)]
    last_modified_date: f64,
    #[serde(default)]
    selector: Option<String>,
    #[serde(default)]
    source_result: Option<String>,
    #[serde(default, rename = "Type")]
    kind: String,
    #[serde(default)]
    value: String,
    /// Its version.
    #[serde(default)]
    pub version: i64,
}

impl ParameterValue {
    /// The answer to a caller, as AWS's extension writes it: absent members are null.
    #[must_use]
    pub fn written(&self) -> Bytes {
        let parameter = &self.parameter;
        wiped(&ParameterAnswer {
            parameter: ParameterMembers {
                arn: &parameter.arn,
                data_type: parameter.data_type.as_deref(),
                last_modified_date: &moment(parameter.last_modified_date),
                name: &parameter.name,
                selector: parameter.selector.as_deref(),
                source_result: parameter.source_result.as_deref(),
                kind: &parameter.kind,
                value: &parameter.value,
                version: parameter.version,
            },
            result_metadata: Empty {},
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ParameterAnswer<'a> {
    parameter: ParameterMembers<'a>,
    result_metadata: Empty,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ParameterMembers<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    data_type: Option<&'a str>,
    last_modified_date: &'a str,
    name: &'a str,
    selector: Option<&'a str>,
    source_result: Option<&'a str>,
    #[serde(rename = "Type")]
    kind: &'a str,
    value: &'a str,
    version: i64,
}

/// The text of a moment given in epoch seconds.
fn moment(seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation)]
    let millis = (seconds * 1_000.0).round() as i64;
    Timestamp::from_millisecond(millis).unwrap_or_default().to_string()
}

/// JSON in memory that is wiped once nobody holds it.
pub(crate) fn wiped<T: Serialize>(value: &T) -> Bytes {
    // Measured first: a buffer that grows leaves copies behind.
    let mut length = Length(0);
    let _counted = serde_json::to_writer(&mut length, value);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    let _written = serde_json::to_writer(&mut *bytes, value);
    Bytes::from_owner(Wiped(bytes))
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    const VALUE: &str = r#"{"ARN":"a","CreatedDate":1.700000000125E9,"Name":"n","SecretString":"{\"k\":1}","VersionId":"v","VersionStages":["AWSCURRENT"]}"#;

    #[test]
    fn a_secret_is_written_as_either_program_of_aws_writes_it() {
        let value: SecretValue = serde_json::from_str(VALUE).unwrap();
        let text = |form| String::from_utf8(value.written(form).to_vec()).unwrap();
        let start = r#"{"ARN":"a","Name":"n","VersionId":"v","SecretString":"{\"k\":1}","VersionStages":["AWSCURRENT"],"CreatedDate":"#;
        assert_eq!(text(Form::Agent), format!(r#"{start}"1700000000.125"}}"#));
        let end = r#""2023-11-14T22:13:20.125Z","ResultMetadata":{}}"#;
        assert_eq!(text(Form::Extension), format!("{start}{end}"));
    }

    #[test]
    fn a_parameter_is_written_as_the_extension_writes_it() {
        let text = r#"{"Parameter":{"Name":"/a","Type":"String","Value":"v","Version":3,"LastModifiedDate":1700000000.0,"ARN":"arn","DataType":"text"}}"#;
        let value: ParameterValue = serde_json::from_str(text).unwrap();
        let written: serde_json::Value = serde_json::from_slice(&value.written()).unwrap();
        assert_eq!(written["Parameter"]["Value"], "v");
        assert_eq!(written["Parameter"]["Selector"], serde_json::Value::Null);
        assert_eq!(written["Parameter"]["LastModifiedDate"], "2023-11-14T22:13:20Z");
        assert_eq!(written["ResultMetadata"], serde_json::json!({}));
    }
}
