//! Our inputs, held against AWS's model.

use strongroom_testkit::differences_from_model;

use crate::Scene;

#[tokio::test]
async fn inputs_are_those_of_the_model() {
    let model = include_str!("../../../../conformance/models/logs.json");
    let scene = Scene::new(1);
    let differences = differences_from_model(&*scene.host, model);
    assert_eq!(differences, Vec::<String>::new());
}
