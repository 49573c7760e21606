//! The operations and their inputs against AWS's model.

use strongroom_testkit::differences_from_model;

use crate::Scene;

#[test]
fn every_operation_and_input_is_that_of_the_model_but_for_the_size_of_a_page() {
    let model = include_str!("../../../../conformance/models/cloudtrail.json");
    let differences = differences_from_model(&*Scene::new(1).host, model);
    // A wrong one has an exception of its own, so it is checked by hand.
    let expected = ["LookupEvents.MaxResults: [], the model says [\"max 50\", \"min 1\"]"];
    assert_eq!(differences, expected);
}
