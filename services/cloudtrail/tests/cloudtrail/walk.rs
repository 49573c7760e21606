//! What every operation owes, walked over the whole table.

use strongroom_testkit::every_operation_is_guarded_and_recorded;

use crate::Scene;

#[tokio::test]
async fn every_operation_refuses_the_unauthorized_and_leaves_a_record() {
    let scene = Scene::new(1);
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}

#[tokio::test]
async fn every_operation_refuses_the_unauthorized_where_there_is_a_trail() {
    let scene = Scene::with_trail(2).await;
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}
