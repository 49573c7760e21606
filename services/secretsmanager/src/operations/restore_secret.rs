//! RestoreSecret: cancels the scheduled deletion of a secret.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::secret::Found;
use crate::{Call, SecretsManager, error, events};

/// The operation.
pub struct RestoreSecret;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
}

impl Operation for RestoreSecret {
    const NAME: &'static str = "RestoreSecret";
    const AUDIT: Audit = Audit::WriteOf(&["ARN", "Name"]);
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db"}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(_: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        secret?.condition(key)
    }

    async fn run(call: &Call<'_>, _: &Input, secret: Authorized<Found>) -> Result<Output> {
        if secret.replication.is_replica() {
            return Err(error::not_on_a_replica());
        }
        // Restoring a secret that is not being deleted succeeds and changes nothing.
        if secret.deletion.is_some() {
            let mut restored = secret.0.value.clone();
            restored.deletion = None;
            restored.changed = call.now;
            call.service.save(Some(&secret), restored, Vec::new()).await?;
            events::of_versions(call, &secret, events::CANCEL_VERSION_DELETE)?;
        }
        Ok(Output { arn: secret.0.arn().to_owned(), name: secret.name.clone() })
    }
}

#[cfg(test)]
mod tests {
    use strongroom_testkit::nobody;

    use crate::testing::Room;

    #[tokio::test]
    async fn a_deleted_secret_comes_back() {
        let room = Room::with_secret("db").await;
        room.call("DeleteSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        room.call("GetSecretValue", r#"{"SecretId": "db"}"#).await.unwrap_err();
        room.call("RestoreSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        let reply = room.call("GetSecretValue", r#"{"SecretId": "db"}"#).await.unwrap();
        assert_eq!(reply["SecretString"], "hunter2");
        let reply = room.call("DescribeSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        assert_eq!(reply.get("DeletedDate"), None);
    }

    #[tokio::test]
    async fn a_denied_caller_changes_nothing() {
        let room = Room::with_secret("db").await;
        room.call("DeleteSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        let denied = room.as_caller(nobody(strongroom_testkit::ACCOUNT));
        denied.call("RestoreSecret", r#"{"SecretId": "db"}"#).await.unwrap_err();
        let reply = room.call("DescribeSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        assert!(reply.get("DeletedDate").is_some());
    }

    #[tokio::test]
    async fn a_denied_caller_cannot_tell_whether_a_secret_exists() {
        let room = Room::with_secret("db").await;
        let denied = room.as_caller(nobody(strongroom_testkit::ACCOUNT));
        for id in ["db", "no-such-secret"] {
            let body = format!(r#"{{"SecretId": "{id}"}}"#);
            let refusal = denied.call("RestoreSecret", &body).await.unwrap_err();
            assert_eq!(refusal.code, "AccessDeniedException");
        }
    }
}
