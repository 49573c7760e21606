//! Names, ids and ARNs of secrets and keys, wherever a request names one.

use serde_json::json;
use strongroom_api::Protocol;

use crate::world::World;

thread_local! {
    static WORLD: World = World::furnished().0;
}

/// Asks for whatever the text names.
pub fn run(data: &[u8]) {
    let id = String::from_utf8_lossy(data);
    let calls = [
        ("secretsmanager", "DescribeSecret", json!({"SecretId": id})),
        ("secretsmanager", "GetSecretValue", json!({"SecretId": "prod/db", "VersionStage": id})),
        ("secretsmanager", "GetSecretValue", json!({"SecretId": id, "VersionId": id})),
        ("secretsmanager", "BatchGetSecretValue", json!({"SecretIdList": [id, "prod/db"]})),
        ("secretsmanager", "ListSecrets", json!({"Filters": [{"Key": "all", "Values": [id]}]})),
        ("kms", "DescribeKey", json!({"KeyId": id})),
        ("kms", "Decrypt", json!({"KeyId": id, "CiphertextBlob": id})),
        ("kms", "ListAliases", json!({"KeyId": id})),
    ];
    WORLD.with(|world| {
        for (service, operation, body) in calls {
            world.call(service, operation, Protocol::Json11, body.to_string().as_bytes());
        }
    });
}

/// Every form of an id.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "prod/db",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        "alias/app",
        "alias/aws/secretsmanager",
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:us-east-1:123456789012:alias/app",
        "AWSCURRENT",
        "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1",
        "AQIDAHgBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==",
    ]
    .map(|id| id.as_bytes().to_vec())
    .into()
}
