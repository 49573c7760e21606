//! What every operation owes, walked over the whole table.

use serde_json::json;
use strongroom_testkit::every_operation_is_guarded_and_recorded;

use crate::Scene;

#[tokio::test]
async fn every_operation_refuses_the_unauthorized_and_leaves_a_record() {
    let scene = Scene::new(1);
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}

#[tokio::test]
async fn every_operation_refuses_the_unauthorized_in_an_organization_too() {
    let (scene, _) = Scene::founded(2).await;
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}

#[tokio::test]
async fn names_and_addresses_of_accounts_are_not_on_record() {
    let (scene, _) = Scene::founded(3).await;
    scene.stage.tape.clear();
    scene.ok("CreateAccount", json!({"Email": "who@example.com", "AccountName": "hidden"})).await;
    let records = scene.stage.tape.text();
    assert!(records.contains("CreateAccount") && records.contains("SUCCEEDED"), "{records}");
    assert!(!records.contains("who@example.com") && !records.contains("hidden"), "{records}");
}
