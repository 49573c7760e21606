//! Keys that the service makes.

use serde_json::{Value, json};

use crate::HTTPS;
use crate::fake::Fake;
use crate::service::Service;

/// The secret of a key that makes the next one.
fn secret(service: &Service, when: &str) -> Value {
    let url = &service.url;
    let bearer = |of: &str| json!({ "bearer": format!("{{{of}.key}}") });
    json!({
        "key": "key-0",
        "rotation": {
            "create": {
                "url": format!("{url}/keys"),
                "auth": bearer("current"),
                "json": { "label": "rotation {token}" },
                "take": { "key": "/data/key", "key_id": "/data/id" },
            },
            "discard": {
                "method": "DELETE",
                "url": format!("{url}/keys?label=rotation%20{{token}}"),
                "auth": bearer("current"),
            },
            "test": { "url": format!("{url}/keys/mine"), "auth": bearer("this") },
            "revoke": {
                "method": "DELETE",
                "url": format!("{url}/keys/{{this.key}}"),
                "auth": bearer("current"),
                "when": when,
            },
            "authority": service.authority,
            "timeout_seconds": 30,
        },
    })
}

#[tokio::test]
async fn the_new_key_is_kept_and_the_one_before_is_revoked() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "finish"));
    fake.rotate(HTTPS, "app", "v1").await.unwrap();
    let after = fake.at("app", "AWSCURRENT");
    assert_eq!((&after["key"], &after["key_id"]), (&json!("key-1"), &json!(1)));
    assert_eq!(service.keys(), ["key-1"]);
    fake.rotate(HTTPS, "app", "v2").await.unwrap();
    assert_eq!(service.keys(), ["key-2"]);
}

#[tokio::test]
async fn two_keys_are_valid_at_a_time_where_the_recipe_says_so() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "next"));
    fake.rotate(HTTPS, "app", "v1").await.unwrap();
    assert_eq!(service.keys(), ["key-0", "key-1"]);
    fake.rotate(HTTPS, "app", "v2").await.unwrap();
    assert_eq!(service.keys(), ["key-1", "key-2"]);
}

#[tokio::test]
async fn a_key_whose_answer_was_lost_is_discarded() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "finish"));
    fake.begin("app", "v1");
    service.cut_off("POST");
    fake.step(HTTPS, "app", "v1", "createSecret").await.unwrap_err();
    assert_eq!(service.keys(), ["key-0", "key-1"]);
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        for _ in 0..2 {
            fake.step(HTTPS, "app", "v1", step).await.unwrap();
        }
    }
    assert_eq!(service.keys(), ["key-2"]);
    assert_eq!(fake.at("app", "AWSCURRENT")["key"], "key-2");
}

#[tokio::test]
async fn a_key_that_was_not_revoked_is_revoked_by_the_next_rotation() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "finish"));
    fake.begin("app", "v1");
    for step in ["createSecret", "setSecret", "testSecret"] {
        fake.step(HTTPS, "app", "v1", step).await.unwrap();
    }
    service.out_of_order(true);
    let error = fake.step(HTTPS, "app", "v1", "finishSecret").await.unwrap_err();
    assert!(error.details().iter().any(|line| line.contains("rotation is complete")), "{error:?}");
    assert_eq!(fake.at("app", "AWSCURRENT")["key"], "key-1");
    service.out_of_order(false);
    assert_eq!(service.keys(), ["key-0", "key-1"]);
    fake.rotate(HTTPS, "app", "v2").await.unwrap();
    assert_eq!(service.keys(), ["key-2"]);
}

#[tokio::test]
async fn an_answer_without_a_key_makes_no_version() {
    let service = Service::start().await;
    let mut secret = secret(&service, "finish");
    secret["rotation"]["create"]["take"] = json!({ "key": "/data/other" });
    let fake = Fake::default().with("app", &secret);
    let error = fake.rotate(HTTPS, "app", "v1").await.unwrap_err();
    assert_eq!(error.message(), "The answer to create has no text at /data/other");
    assert_eq!(fake.at("app", "AWSCURRENT")["key"], "key-0");
}

#[tokio::test]
async fn a_rehearsal_makes_no_key() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "finish"));
    let found = fake.rehearse(HTTPS, "app").await;
    assert!(found.values().all(|outcome| outcome != "Failed"), "{found:?}");
    assert_eq!(found["createSecret"], "Skipped");
    assert_eq!(service.keys(), ["key-0"]);
}

#[tokio::test]
async fn a_master_makes_keys_for_who_has_one_that_works_and_for_nobody_else() {
    let service = Service::start().await;
    let mut master = secret(&service, "next");
    master["rotation"]["create"]["auth"] =
        json!({ "basic": { "username": "admin", "password": "{master.password}" } });
    master["rotation"].as_object_mut().unwrap().remove("discard");
    master["password"] = "root".into();
    let member = |key: &str| json!({ "key": key, "masterarn": "master" });
    let fake = Fake::default().with("master", &master);
    let fake = fake.with("thief", &member("guess")).with("app", &member("key-0"));
    assert!(fake.rotate(HTTPS, "thief", "v1").await.is_err());
    assert_eq!(service.keys(), ["key-0"]);
    fake.rotate(HTTPS, "app", "v2").await.unwrap();
    assert_eq!(
        fake.at("app", "AWSCURRENT"),
        json!({
            "key": "key-1", "key_id": 1, "masterarn": "master",
        })
    );
}
