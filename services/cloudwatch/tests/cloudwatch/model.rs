//! The inputs, held against AWS's model.

use strongroom_testkit::differences_from_model;

use crate::Scene;

/// Parts of AWS's model that are not offered, and are refused by name where they are asked for.
const KNOWN: [&str; 7] = [
    "PutCompositeAlarm.ActionConfiguration.AlarmTagsPropagation: missing",
    "PutMetricAlarm.ActionConfiguration.AlarmTagsPropagation: missing",
    "PutMetricAlarm.EvaluationCriteria.PromQLCriteria: missing",
    "PutMetricAlarm.EvaluationWindow.SlidingWindow: missing",
    "PutMetricAlarm.EvaluationWindow.WallClockWindow: missing",
    "PutMetricAlarm.WarmUpConfiguration.OnlyStartEvaluatingAfterWarmUpPeriodEnds: missing",
    "PutMetricAlarm.WarmUpConfiguration.WarmUpPeriodDurationInMinutes: missing",
];

#[test]
fn inputs_are_those_of_the_model() {
    let model = include_str!("../../../../conformance/models/monitoring.json");
    let mut found = differences_from_model(&Scene::new().host, model);
    found.retain(|difference| !KNOWN.contains(&difference.as_str()));
    assert_eq!(found, Vec::<String>::new());
}
