//! Alarms over other alarms.

use serde_json::{Value, json};

use crate::Scene;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:pager";

async fn metric_alarm(scene: &Scene, name: &str) {
    let body = json!({"AlarmName": name, "MetricName": "M", "Namespace": "N", "Statistic": "Sum",
        "Period": 60, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore"});
    scene.call("PutMetricAlarm", body).await;
}

async fn set(scene: &Scene, name: &str, state: &str) {
    let body = json!({"AlarmName": name, "StateValue": state, "StateReason": "test"});
    scene.call("SetAlarmState", body).await;
}

async fn composite(scene: &Scene, name: &str, rule: &str, extra: Value) {
    let mut body = json!({"AlarmName": name, "AlarmRule": rule, "AlarmActions": [TOPIC]});
    for (key, value) in extra.as_object().unwrap() {
        body[key] = value.clone();
    }
    scene.call("PutCompositeAlarm", body).await;
}

#[tokio::test]
async fn a_composite_alarm_follows_its_rule_through_several_levels() {
    let scene = Scene::new();
    metric_alarm(&scene, "a").await;
    metric_alarm(&scene, "b").await;
    composite(&scene, "both", "ALARM(a) AND ALARM(\"b\")", json!({})).await;
    composite(&scene, "above", "ALARM(both)", json!({})).await;
    scene.tick().await;
    assert_eq!(scene.state("above").await, "OK");
    set(&scene, "a", "ALARM").await;
    scene.tick().await;
    assert_eq!(scene.state("both").await, "OK");
    set(&scene, "b", "ALARM").await;
    scene.tick().await;
    assert_eq!(
        (scene.state("both").await, scene.state("above").await),
        ("ALARM".into(), "ALARM".into())
    );
    let rung = scene.rung();
    assert_eq!(rung.len(), 2);
    let told = &rung.iter().find(|told| told.2["AlarmName"] == "both").unwrap().2;
    assert_eq!(told["AlarmRule"], "ALARM(a) AND ALARM(\"b\")");
    assert_eq!(told["OldStateValue"], "OK");
    let children = scene.call("DescribeAlarms", json!({"ChildrenOfAlarmName": "both"})).await;
    assert_eq!(children["MetricAlarms"].as_array().unwrap().len(), 2);
    let parents = scene.call("DescribeAlarms", json!({"ParentsOfAlarmName": "a"})).await;
    assert_eq!(parents["CompositeAlarms"][0]["AlarmName"], "both");
}

#[tokio::test]
async fn rules_must_be_rules_over_alarms_that_are_there() {
    let scene = Scene::new();
    let put = |rule: &str| json!({"AlarmName": "c", "AlarmRule": rule});
    let refusal = scene.refused("PutCompositeAlarm", put("ALARM(a) OR OK(b)")).await;
    assert_eq!(
        refusal.message,
        "Could not save the composite alarm as alarms [a, b] in the alarm rule do not exist"
    );
    let refusal = scene.refused("PutCompositeAlarm", put("ALARM(")).await;
    assert_eq!(refusal.code, "ValidationException");
}

#[tokio::test]
async fn an_alarm_that_another_depends_on_is_not_deleted_before_it() {
    let scene = Scene::new();
    metric_alarm(&scene, "a").await;
    composite(&scene, "c", "ALARM(a)", json!({})).await;
    let refusal = scene.refused("DeleteAlarms", json!({"AlarmNames": ["a"]})).await;
    assert_eq!(refusal.message, "Cannot delete a as there are composite alarm(s) depending on it.");
    scene.call("DeleteAlarms", json!({"AlarmNames": ["a", "c"]})).await;
}

#[tokio::test]
async fn alarms_in_a_ring_are_left_alone() {
    let scene = Scene::new();
    composite(&scene, "a", "TRUE", json!({})).await;
    composite(&scene, "b", "ALARM(a)", json!({})).await;
    composite(&scene, "a", "NOT ALARM(b)", json!({})).await;
    scene.pass(60).await;
    assert_eq!(scene.rung().len(), 0);
}

#[tokio::test]
async fn a_suppressor_keeps_actions_waiting_until_it_is_over() {
    let scene = Scene::new();
    metric_alarm(&scene, "a").await;
    metric_alarm(&scene, "maintenance").await;
    let suppressor = json!({"ActionsSuppressor": "maintenance",
        "ActionsSuppressorWaitPeriod": 20, "ActionsSuppressorExtensionPeriod": 30});
    composite(&scene, "c", "ALARM(a)", suppressor).await;
    scene.tick().await;
    set(&scene, "maintenance", "ALARM").await;
    set(&scene, "a", "ALARM").await;
    scene.pass(60).await;
    assert_eq!(scene.state("c").await, "ALARM");
    assert_eq!(scene.rung().len(), 0);
    set(&scene, "maintenance", "OK").await;
    scene.pass(20).await;
    assert_eq!(scene.rung().len(), 0);
    scene.pass(30).await;
    assert_eq!(scene.rung().len(), 1);

    // What is over before the suppressor is nobody's business.
    set(&scene, "a", "OK").await;
    scene.pass(10).await;
    set(&scene, "maintenance", "ALARM").await;
    set(&scene, "a", "ALARM").await;
    scene.pass(10).await;
    set(&scene, "a", "OK").await;
    scene.pass(10).await;
    set(&scene, "maintenance", "OK").await;
    scene.pass(120).await;
    assert_eq!(scene.rung().len(), 0);
}
