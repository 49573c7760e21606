//! What holds for every operation.

use strongroom_testkit::every_operation_is_guarded_and_recorded;

use crate::world::world;

#[tokio::test]
async fn every_operation_is_guarded_recorded_and_refuses_what_is_no_request() {
    let world = world().await;
    every_operation_is_guarded_and_recorded(&world.host, &world.stage, &[]).await;
}
