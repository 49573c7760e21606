//! Secrets Manager over its public API.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use strongroom_client::{Client, Fault, SECRETS_MANAGER};
use strongroom_wire::Sensitive;
use zeroize::{Zeroize as _, Zeroizing};

use crate::password::PasswordRules;
use crate::rotator::PENDING;
use crate::secrets::{CallError, Description, Rotation, Secrets};

/// Secrets Manager, asked as whoever the environment's credentials are of.
pub struct SecretsManager(pub Client);

impl Secrets for SecretsManager {
    async fn describe(&self, secret: &str) -> Result<Description, CallError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Reply {
            rotation_enabled: Option<bool>,
            #[serde(default)]
            version_ids_to_stages: std::collections::BTreeMap<String, Vec<String>>,
        }
        let reply: Reply = self.call("DescribeSecret", json!({ "SecretId": secret })).await?;
        Ok(Description {
            rotation_enabled: reply.rotation_enabled,
            stages: reply.version_ids_to_stages,
        })
    }

    async fn value(
        &self,
        secret: &str,
        stage: &str,
        version: Option<&str>,
    ) -> Result<Sensitive<String>, CallError> {
        const OPERATION: &str = "GetSecretValue";
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Reply {
            secret_string: Option<String>,
        }
        let mut input = json!({ "SecretId": secret, "VersionStage": stage });
        if let Some(version) = version {
            input["VersionId"] = version.into();
        }
        let reply: Reply = self.call(OPERATION, input).await?;
        reply.secret_string.map(Sensitive::new).ok_or_else(|| CallError {
            code: "KeyError".to_owned(),
            message: "the version has no SecretString".to_owned(),
            operation: OPERATION,
        })
    }

    async fn random_password(&self, rules: &PasswordRules) -> Result<Sensitive<String>, CallError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Reply {
            random_password: String,
        }
        let input = json!({
            "ExcludeCharacters": rules.exclude_characters,
            "PasswordLength": rules.length,
            "ExcludeNumbers": rules.exclude_numbers,
            "ExcludePunctuation": rules.exclude_punctuation,
            "ExcludeUppercase": rules.exclude_uppercase,
            "ExcludeLowercase": rules.exclude_lowercase,
            "RequireEachIncludedType": rules.require_each_included_type,
        });
        let reply: Reply = self.call("GetRandomPassword", input).await?;
        Ok(Sensitive::new(reply.random_password))
    }

    async fn put_pending(
        &self,
        rotation: &Rotation,
        value: &Sensitive<String>,
    ) -> Result<(), CallError> {
        let mut input = json!({
            "SecretId": rotation.arn,
            "ClientRequestToken": rotation.token,
            "SecretString": value.reveal(),
            "VersionStages": [PENDING],
        });
        if let Some(token) = &rotation.rotation_token {
            input["RotationToken"] = token.as_str().into();
        }
        self.call::<Value>("PutSecretValue", input).await.map(|_| ())
    }

    async fn move_stage(
        &self,
        secret: &str,
        stage: &str,
        to: Option<&str>,
        from: Option<&str>,
    ) -> Result<(), CallError> {
        let mut input = json!({ "SecretId": secret, "VersionStage": stage });
        for (name, version) in [("MoveToVersionId", to), ("RemoveFromVersionId", from)] {
            if let Some(version) = version {
                input[name] = version.into();
            }
        }
        self.call::<Value>("UpdateSecretVersionStage", input).await.map(|_| ())
    }
}

impl SecretsManager {
    async fn call<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        mut input: Value,
    ) -> Result<T, CallError> {
        let body = Zeroizing::new(input.to_string());
        wipe(&mut input);
        let target = format!("secretsmanager.{operation}");
        let answer = self.0.json(SECRETS_MANAGER, &target, body.as_bytes()).await;
        let answer = answer.map_err(|error| failed(operation, &error))?;
        serde_json::from_slice(&answer.body).map_err(|_| CallError {
            code: "ResponseParserError".to_owned(),
            // The reason would quote the answer.
            message: "the answer is not what the service promises".to_owned(),
            operation,
        })
    }
}

/// Wipes the value that is being put.
fn wipe(input: &mut Value) {
    if let Some(Value::String(text)) = input.get_mut("SecretString") {
        text.zeroize();
    }
}

/// Named as AWS's SDK for Python names what never reached a service.
fn failed(operation: &'static str, error: &strongroom_client::Error) -> CallError {
    let code = match error.fault() {
        Fault::Service => error.code(),
        Fault::Timeout => "ReadTimeoutError",
        Fault::Connection => "EndpointConnectionError",
        Fault::Credentials => "NoCredentialsError",
        Fault::Settings => "NoRegionError",
        Fault::Reply => "ResponseParserError",
    };
    CallError { code: code.to_owned(), message: error.message().to_owned(), operation }
}
