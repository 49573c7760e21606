//! What every operation has in common.

use strongroom_testkit::every_operation_is_guarded_and_recorded;

use crate::Scene;

#[tokio::test]
async fn every_operation_refuses_a_denied_caller_and_is_recorded_once() {
    let scene = Scene::new(1);
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}
