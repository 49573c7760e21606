//! What is put is what is read, and nothing else sees it.

use serde_json::json;

use crate::Scene;

const ARN: &str = "arn:aws:ssm:us-east-1:123456789012:parameter/prod/db";

#[tokio::test]
async fn a_string_is_read_as_it_was_put() {
    let scene = Scene::new(1);
    assert_eq!(scene.put("/prod/db", "one").await, 1);
    let parameter = scene.get("/prod/db").await;
    assert_eq!(
        parameter,
        json!({
            "Name": "/prod/db", "Type": "String", "Value": "one", "Version": 1, "ARN": ARN,
            "LastModifiedDate": parameter["LastModifiedDate"], "DataType": "text",
        })
    );
    assert_eq!(scene.get(ARN).await, parameter);
}

#[tokio::test]
async fn a_secure_string_is_clear_only_to_who_decrypts() {
    let scene = Scene::new(2);
    let body = json!({"Name": "/prod/db", "Value": "hunter2", "Type": "SecureString"});
    assert_eq!(scene.ok("PutParameter", body).await, json!({"Version": 1, "Tier": "Standard"}));
    assert_eq!(scene.get("/prod/db").await["Value"], "hunter2");
    let sealed = scene.ok("GetParameter", json!({"Name": "/prod/db"})).await;
    let sealed = sealed["Parameter"]["Value"].as_str().unwrap().to_owned();
    assert!(!sealed.contains("hunter2"), "{sealed}");
    assert_eq!(*scene.wrapper.used.lock().unwrap(), [("default".to_owned(), ARN.to_owned())]);
    assert!(!scene.stage.tape.text().contains("hunter2"));
}

#[tokio::test]
async fn an_advanced_secure_string_may_be_longer_than_kms_takes() {
    let scene = Scene::new(3);
    let long = "x".repeat(8_192);
    let body = json!({
        "Name": "/prod/db", "Value": long, "Type": "SecureString", "Tier": "Advanced",
        "KeyId": "alias/mine",
    });
    scene.ok("PutParameter", body).await;
    assert_eq!(scene.get("/prod/db").await["Value"], long);
    assert_eq!(*scene.wrapper.used.lock().unwrap(), [("alias/mine".to_owned(), ARN.to_owned())]);
    let body = json!({"Name": "/prod/db", "Value": "short", "Overwrite": true, "Tier": "Standard"});
    assert_eq!(scene.code("PutParameter", body).await, "ValidationException");
}

#[tokio::test]
async fn a_key_that_does_not_work_leaves_nothing_behind() {
    let scene = Scene::new(4);
    *scene.wrapper.broken.lock().unwrap() = true;
    let body = json!({"Name": "/prod/db", "Value": "hunter2", "Type": "SecureString"});
    assert_eq!(scene.code("PutParameter", body).await, "InvalidKeyId");
    assert_eq!(scene.stored().await, 0);
}

#[tokio::test]
async fn several_are_read_at_once_and_the_missing_are_named() {
    let scene = Scene::new(5);
    scene.put("/a", "1").await;
    scene.put("/b", "2").await;
    let names = ["/b", "/nowhere", "/a:1", "/a:9", "/aws/reference/secretsmanager/nowhere"];
    let reply = scene.ok("GetParameters", json!({"Names": names, "WithDecryption": true})).await;
    let values: Vec<_> =
        reply["Parameters"].as_array().unwrap().iter().map(|p| p["Value"].clone()).collect();
    assert_eq!(values, ["2", "1"]);
    assert_eq!(reply["InvalidParameters"], json!([names[1], names[3], names[4]]));
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_in_awss_words() {
    let scene = Scene::new(6);
    scene.put("/there", "1").await;
    let new = |more: serde_json::Value| {
        let mut body = json!({"Name": "/new", "Value": "1", "Type": "String"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (body, code) in [
        (new(json!({"Name": "/there"})), "ParameterAlreadyExists"),
        (new(json!({"Name": "there", "Overwrite": true})), "ParameterAlreadyExists"),
        (
            new(json!({"Name": "/there", "Type": "StringList", "Overwrite": true})),
            "HierarchyTypeMismatchException",
        ),
        (new(json!({"Value": ""})), "ValidationException"),
        (new(json!({"Type": null})), "ValidationException"),
        (new(json!({"Value": "x".repeat(4_097)})), "ValidationException"),
        (new(json!({"KeyId": "alias/mine"})), "ValidationException"),
        (new(json!({"DataType": "number"})), "ValidationException"),
        (new(json!({"AllowedPattern": "^a$"})), "ParameterPatternMismatchException"),
        (new(json!({"AllowedPattern": "("})), "InvalidAllowedPatternException"),
        (new(json!({"Policies": "[{\"Type\":\"Expiration\"}]"})), "InvalidPolicyTypeException"),
        (
            new(json!({"Overwrite": true, "Tags": [{"Key": "a", "Value": "b"}]})),
            "ValidationException",
        ),
    ] {
        let shown = body.to_string();
        assert_eq!(scene.code("PutParameter", body).await, code, "{shown}");
    }
    assert_eq!(scene.get("/there").await["Version"], 1);
}

#[tokio::test]
async fn deleting_leaves_nothing_and_says_what_was_not_there() {
    let scene = Scene::new(7);
    for (name, value) in [("/a", "1"), ("/a", "2"), ("/b", "1")] {
        scene.put(name, value).await;
    }
    let reply = scene.ok("DeleteParameters", json!({"Names": ["/a", "/nowhere"]})).await;
    assert_eq!(reply, json!({"DeletedParameters": ["/a"], "InvalidParameters": ["/nowhere"]}));
    scene.ok("DeleteParameter", json!({"Name": "/b"})).await;
    assert_eq!(scene.code("DeleteParameter", json!({"Name": "/b"})).await, "ParameterNotFound");
    assert_eq!(scene.stored().await, 1, "only the number of parameters is left");
}
