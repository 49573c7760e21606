//! Page tokens that were not given out, or not for this list.

use serde_json::json;
use strongroom_api::Protocol;

use crate::world::World;

thread_local! {
    static WORLD: World = World::furnished().0;
}

/// Goes on with every list there is.
pub fn run(data: &[u8]) {
    let token = String::from_utf8_lossy(data);
    let calls = [
        ("secretsmanager", "ListSecrets", json!({"NextToken": token})),
        (
            "secretsmanager",
            "ListSecretVersionIds",
            json!({"SecretId": "prod/db", "NextToken": token}),
        ),
        (
            "secretsmanager",
            "BatchGetSecretValue",
            json!({
            "Filters": [{"Key": "name", "Values": ["prod"]}], "NextToken": token}),
        ),
        ("kms", "ListKeys", json!({"Marker": token})),
        ("kms", "ListAliases", json!({"Marker": token})),
        ("kms", "ListGrants", json!({"KeyId": "alias/app", "Marker": token})),
        ("kms", "ListResourceTags", json!({"KeyId": "alias/app", "Marker": token})),
    ];
    WORLD.with(|world| {
        for (service, operation, body) in calls {
            let body = body.to_string();
            let answer = world.call(service, operation, Protocol::Json11, body.as_bytes());
            // Those of Secrets Manager are sealed; nobody makes one.
            assert!(answer.is_none() || service != "secretsmanager", "{operation} took {token:?}");
        }
    });
}

/// Texts that look like tokens.
pub fn seeds() -> Vec<Vec<u8>> {
    ["AAECAwQFBgcICQoLDA0ODw", "cHJvZC9kYg", "YWxpYXMvYXBw", "eyJhIjoxfQ", "a"]
        .map(|token| token.as_bytes().to_vec())
        .into()
}
