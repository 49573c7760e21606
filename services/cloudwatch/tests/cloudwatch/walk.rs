//! What holds for every operation alike.

use strongroom_testkit::every_operation_is_guarded_and_recorded;

use crate::Scene;

#[tokio::test]
async fn every_operation_refuses_a_stranger_and_leaves_one_record() {
    let scene = Scene::new();
    every_operation_is_guarded_and_recorded(&scene.host, &scene.stage, &[]).await;
}
