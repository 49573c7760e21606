//! The operations and their inputs against AWS's model.

use strongroom_testkit::differences_from_model;

use crate::Scene;

#[test]
fn operations_and_inputs_are_those_of_the_model() {
    let model = include_str!("../../../../conformance/models/ssm.json");
    let differences = differences_from_model(&*Scene::new(1).host, model);
    assert!(differences.is_empty(), "{differences:#?}");
}
