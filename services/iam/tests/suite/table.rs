//! What holds for every operation.

use strongroom_testkit::{differences_from_model, every_operation_is_guarded_and_recorded};

use crate::world::world;

#[tokio::test]
async fn every_operation_is_guarded_recorded_and_refuses_what_is_no_request() {
    let world = world().await;
    every_operation_is_guarded_and_recorded(&world.host, &world.stage, &[]).await;
}

#[tokio::test]
async fn inputs_are_as_the_model_says() {
    let model = include_str!("../../../../conformance/models/iam.json");
    let found = differences_from_model(&world().await.host, model);
    let unexpected: Vec<_> =
        found.iter().filter(|line| !KNOWN.iter().any(|known| line.contains(known))).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

/// Where inputs differ from the model on purpose.
const KNOWN: &[&str] = &[
    // Checked by hand: the pattern looks ahead, which our matcher does not.
    "AccountAlias.AccountAlias",
];
