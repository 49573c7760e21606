//! Secrets that are read as parameters.

use serde_json::{Value, json};

use crate::Scene;

const SECRET: &str = "/aws/reference/secretsmanager/db";

#[tokio::test]
async fn a_secret_is_read_as_a_secure_string() {
    let scene = Scene::new(80);
    let parameter = scene.get(SECRET).await;
    assert_eq!(parameter["Value"], "se\"cret");
    assert_eq!((&parameter["Version"], &parameter["Type"]), (&json!(0), &json!("SecureString")));
    assert_eq!(parameter["Name"], SECRET);
    assert_eq!(parameter["ARN"], "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf");
    let source: Value = serde_json::from_str(parameter["SourceResult"].as_str().unwrap()).unwrap();
    assert_eq!(source["secretString"], "se\"cret");
    assert_eq!(source["versionStages"], json!(["AWSCURRENT"]));
    assert!(!scene.stage.tape.text().contains("cret\""), "{}", scene.stage.tape.text());
}

#[tokio::test]
async fn a_stage_or_version_of_a_secret_stands_behind_a_colon() {
    let scene = Scene::new(81);
    for (selector, stage) in
        [("AWSPREVIOUS", "AWSPREVIOUS"), ("11111111-2222-4333-8444-555555555555", "by id")]
    {
        let parameter = scene.get(&format!("{SECRET}:{selector}")).await;
        let source = parameter["SourceResult"].as_str().unwrap();
        assert!(source.contains(stage), "{source}");
        assert_eq!(parameter["Selector"], format!(":{selector}"));
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_refused_as_aws_does() {
    let scene = Scene::new(82);
    let refusal = scene.refused("GetParameter", json!({"Name": SECRET})).await;
    assert_eq!(refusal.code, "ValidationException");
    for (name, code) in [
        ("nowhere", "ParameterNotFound"),
        ("locked", "AccessDeniedException"),
        ("blob", "ValidationException"),
    ] {
        let name = format!("/aws/reference/secretsmanager/{name}");
        let refusal =
            scene.refused("GetParameter", json!({"Name": name, "WithDecryption": true})).await;
        assert_eq!(refusal.code, code);
        assert!(refusal.message.contains("when referencing Secrets Manager"), "{refusal:?}");
    }
    for operation in ["GetParameterHistory", "DeleteParameter"] {
        assert_eq!(scene.code(operation, json!({"Name": SECRET})).await, "ParameterNotFound");
    }
}
