//! The test that every operation passes because it is in the table, and how often nobody may ask.

use serde_json::json;
use strongroom_hosts::pace::AT_ONCE;
use strongroom_testkit::{ACCOUNT, every_operation_is_guarded_and_recorded};

use crate::world::World;

#[tokio::test]
async fn every_operation_is_guarded() {
    let world = World::new();
    let public = ["JoinHost", "CreateHostChallenge", "CreateHostSession"];
    every_operation_is_guarded_and_recorded(&world.host, &world.stage, &public).await;
}

#[tokio::test]
async fn who_is_nobody_may_ask_so_often_and_then_waits() {
    let world = World::new();
    let body = json!({"Account": ACCOUNT, "HostId": "i-0123456789abcdef0"});
    for _ in 0..AT_ONCE {
        world.ask_unsigned("CreateHostChallenge", &body).await.unwrap();
    }
    for (operation, body) in [
        ("CreateHostChallenge", body.clone()),
        ("JoinHost", crate::world::Machine::new().joining("srj.x")),
    ] {
        let refusal = world.ask_unsigned(operation, &body).await.unwrap_err();
        assert_eq!(refusal.code, "ThrottlingException", "{operation}");
    }
    world.stage.advance_millis(1_000);
    world.ask_unsigned("CreateHostChallenge", &body).await.unwrap();
}
