//! Values that the rotator makes up.

use serde_json::{Value, json};

use crate::HTTPS;
use crate::fake::Fake;
use crate::service::Service;

/// The recipe of a user who changes the own password.
pub fn recipe(service: &Service) -> Value {
    let url = &service.url;
    let auth = |of: &str| {
        json!({ "basic": {
            "username": format!("{{{of}.username}}"), "password": format!("{{{of}.password}}"),
        } })
    };
    json!({
        "set": {
            "method": "PUT",
            "url": format!("{url}/users/{{current.username}}/password"),
            "auth": auth("current"),
            "json": { "new": "{pending.password}" },
        },
        "test": { "url": format!("{url}/me/{{this.username}}"), "auth": auth("this") },
        "authority": service.authority,
        "timeout_seconds": 30,
    })
}

/// The secret of such a user.
pub fn secret(service: &Service, user: &str, password: &str) -> Value {
    service.set(user, password);
    json!({ "username": user, "password": password, "rotation": recipe(service) })
}

fn logs_in(service: &Service, secret: &Value) -> bool {
    service.knows(secret["username"].as_str().unwrap(), secret["password"].as_str().unwrap())
}

#[tokio::test]
async fn after_a_rotation_only_the_new_password_logs_in() {
    let service = Service::start().await;
    // A name that would go elsewhere in a path, and end a text in JSON.
    for user in ["app", "o'\"dd/..%2f?x=1&#\\{}", "ünï cödé"] {
        let fake = Fake::default().with("app", &secret(&service, user, "first"));
        let before = fake.at("app", "AWSCURRENT");
        fake.rotate(HTTPS, "app", "v1").await.unwrap();
        let after = fake.at("app", "AWSCURRENT");
        assert!(logs_in(&service, &after) && !logs_in(&service, &before), "{user}");
        assert_eq!(after["rotation"], before["rotation"]);
    }
}

#[tokio::test]
async fn every_step_may_come_twice_and_its_answer_may_be_lost() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "app", "first"));
    fake.begin("app", "v1");
    service.cut_off("PUT");
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let first = fake.step(HTTPS, "app", "v1", step).await;
        assert_eq!(first.is_err(), step == "setSecret", "{step}: {first:?}");
        fake.step(HTTPS, "app", "v1", step).await.unwrap();
    }
    assert_eq!(fake.made.borrow().len(), 1);
    assert!(logs_in(&service, &fake.at("app", "AWSCURRENT")));
    let sets = service.seen().iter().filter(|seen| seen.starts_with("PUT")).count();
    assert_eq!(sets, 1);
}

#[tokio::test]
async fn a_service_that_refuses_leaves_the_current_password() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "app", "first"));
    service.set("app", "other");
    let error = fake.rotate(HTTPS, "app", "v1").await.unwrap_err();
    assert!(error.message().contains("refuses the previous, current and pending"), "{error}");
    service.out_of_order(true);
    let error = fake.step(HTTPS, "app", "v1", "setSecret").await.unwrap_err();
    assert_eq!(error.message(), "test of the rotation was refused");
    assert!(error.details()[0].ends_with(": 503"), "{error:?}");
    assert!(service.knows("app", "other"));
    // What the service takes again is set.
    service.out_of_order(false);
    service.set("app", "first");
    for step in ["setSecret", "testSecret", "finishSecret"] {
        fake.step(HTTPS, "app", "v1", step).await.unwrap();
    }
    assert!(logs_in(&service, &fake.at("app", "AWSCURRENT")));
}

#[tokio::test]
async fn the_version_before_sets_the_password_where_the_current_one_is_refused() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "app", "first"));
    fake.rotate(HTTPS, "app", "v1").await.unwrap();
    let before = fake.at("app", "AWSPREVIOUS");
    service.set("app", before["password"].as_str().unwrap());
    // The requests may have been corrected since.
    let mut corrected = recipe(&service);
    corrected["timeout_seconds"] = 29.into();
    fake.change("app", "AWSCURRENT", &json!({ "rotation": corrected }));
    fake.rotate(HTTPS, "app", "v2").await.unwrap();
    assert!(logs_in(&service, &fake.at("app", "AWSCURRENT")));
}

#[tokio::test]
async fn a_secret_that_changes_in_between_is_not_promoted_over() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "app", "first"));
    fake.begin("app", "v1");
    fake.step(HTTPS, "app", "v1", "createSecret").await.unwrap();
    fake.change("app", "AWSCURRENT", &json!({ "note": "new" }));
    for step in ["setSecret", "testSecret", "finishSecret"] {
        let error = fake.step(HTTPS, "app", "v1", step).await.unwrap_err();
        assert!(error.message().ends_with("differs from the current one in note"), "{error}");
    }
    assert_eq!(fake.at("app", "AWSCURRENT")["note"], "new");
}

#[tokio::test]
async fn a_rehearsal_changes_nothing_and_finds_a_test_that_tests_nothing() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "app", "first"));
    let found = fake.rehearse(HTTPS, "app").await;
    assert_eq!(found["the service accepts the current value"], "Passed");
    assert_eq!(found["the service refuses a made-up value"], "Passed");
    assert_eq!((found["set"].as_str(), found["setSecret"].as_str()), ("Passed", "Skipped"));
    assert!(service.knows("app", "first"));
    let mut careless = recipe(&service);
    careless["test"] = json!({ "url": format!("{}/soft", service.url) });
    fake.change("app", "AWSCURRENT", &json!({ "rotation": careless }));
    let found = fake.rehearse(HTTPS, "app").await;
    assert_eq!(found["the service refuses a made-up value"], "Failed");
    service.out_of_order(true);
    let found = fake.rehearse(HTTPS, "app").await;
    assert_eq!(found["the service accepts the current value"], "Failed");
    fake.change("app", "AWSCURRENT", &json!({ "rotation": { "tset": {} } }));
    let found = fake.rehearse(HTTPS, "app").await;
    assert_eq!(found["the rotation is described"], "Failed");
}

#[tokio::test]
async fn a_service_that_always_answers_200_is_asked_what_it_says() {
    let service = Service::start().await;
    let mut secret = secret(&service, "app", "first");
    secret["rotation"]["test"] = json!({
        "url": format!("{}/soft", service.url),
        "auth": secret["rotation"]["test"]["auth"],
        "answer": { "/ok": true },
    });
    let fake = Fake::default().with("app", &secret);
    fake.rotate(HTTPS, "app", "v1").await.unwrap();
    assert!(logs_in(&service, &fake.at("app", "AWSCURRENT")));
}

/// A master's secret whose recipe sets any user's password.
fn master(service: &Service) -> Value {
    let mut recipe = recipe(service);
    recipe["set"]["auth"] = json!({ "basic": {
        "username": "{master.username}", "password": "{master.password}",
    } });
    json!({ "username": "admin", "password": "root", "rotation": recipe })
}

#[tokio::test]
async fn a_master_sets_the_password_of_who_can_log_in() {
    let service = Service::start().await;
    let app = json!({ "username": "app", "password": "first", "masterarn": "master" });
    let fake = Fake::default().with("app", &app).with("master", &master(&service));
    fake.rotate(HTTPS, "app", "v1").await.unwrap();
    assert!(logs_in(&service, &fake.at("app", "AWSCURRENT")));
}

#[tokio::test]
async fn a_master_takes_no_account_over_for_who_cannot_log_in() {
    let service = Service::start().await;
    service.set("victim", "theirs");
    let thief = json!({ "username": "victim", "password": "guess", "masterarn": "master" });
    let fake = Fake::default().with("thief", &thief).with("master", &master(&service));
    assert!(fake.rotate(HTTPS, "thief", "v1").await.is_err());
    assert!(service.knows("victim", "theirs"));
    assert!(!service.seen().iter().any(|seen| seen.starts_with("PUT")));
}

#[tokio::test]
async fn nothing_of_a_master_is_sent_by_a_recipe_that_is_not_its_own() {
    let service = Service::start().await;
    let mut own = secret(&service, "app", "first");
    own["rotation"]["test"]["auth"] = json!({ "bearer": "{master.password}" });
    own["masterarn"] = "database".into();
    let database = json!({ "engine": "postgres", "username": "admin", "password": "root" });
    let fake = Fake::default().with("app", &own).with("database", &database);
    // Both in one, a master that is none, and no master at all.
    let error = fake.rotate(HTTPS, "app", "v1").await.unwrap_err();
    assert!(error.message().contains("cannot stand in app"), "{error}");
    let app = json!({ "username": "app", "password": "first", "masterarn": "database" });
    let fake = fake.with("other", &app);
    assert_eq!(fake.rotate(HTTPS, "other", "v1").await.unwrap_err().kind(), "KeyError");
    own.as_object_mut().unwrap().remove("masterarn");
    let fake = fake.with("alone", &own);
    let error = fake.rotate(HTTPS, "alone", "v1").await.unwrap_err();
    assert!(error.details()[0].contains("{master.password}"), "{error:?}");
    assert_eq!(service.seen(), Vec::<String>::new());
}
