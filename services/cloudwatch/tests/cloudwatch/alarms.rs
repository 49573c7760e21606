//! Alarms as they are configured.

use serde_json::{Value, json};
use strongroom_testkit::{ACCOUNT, allowed_only};

use crate::Scene;

fn tutorial() -> Value {
    json!({
        "AlarmName": "SecretAccessDenied", "MetricName": "CallCount",
        "Namespace": "AWS/SecretsManager", "Statistic": "Sum", "Period": 300, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [
            {"Name": "Operation", "Value": "GetSecretValue"},
            {"Name": "ErrorCode", "Value": "AccessDeniedException"},
        ],
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:security-alerts"],
    })
}

fn with(changes: Value) -> Value {
    let mut body = tutorial();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

#[tokio::test]
async fn the_tutorials_alarm_is_taken_as_it_stands() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", tutorial()).await;
    let alarm = scene.alarm("SecretAccessDenied").await;
    let now = json!(scene.stage.now().seconds());
    let expected = json!({
        "AlarmName": "SecretAccessDenied",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretAccessDenied",
        "AlarmConfigurationUpdatedTimestamp": now, "ActionsEnabled": true, "OKActions": [],
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:security-alerts"],
        "InsufficientDataActions": [], "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation", "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now, "MetricName": "CallCount",
        "Namespace": "AWS/SecretsManager", "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [
            {"Name": "ErrorCode", "Value": "AccessDeniedException"},
            {"Name": "Operation", "Value": "GetSecretValue"},
        ],
    });
    assert_eq!(alarm, expected);
}

#[tokio::test]
async fn an_alarm_that_makes_no_sense_is_refused() {
    let scene = Scene::new();
    for (changes, words) in [
        (json!({"MetricName": null}), "The parameter MetricName is required."),
        (json!({"Threshold": null}), "The parameter Threshold is required."),
        (json!({"ComparisonOperator": null}), "The parameter ComparisonOperator is required."),
        (json!({"Statistic": null}), "The parameter Statistic is required."),
        (json!({"Period": 61}), "Period must be 10, 20, 30 or a multiple of 60"),
        (
            json!({"EvaluationPeriods": 289}),
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
        ),
        (
            json!({"Period": 3600, "EvaluationPeriods": 169}),
            "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).",
        ),
        (
            json!({"DatapointsToAlarm": 2}),
            "The value of DatapointsToAlarm must be less than or equal to the value of EvaluationPeriods",
        ),
        (
            json!({"TreatMissingData": "maybe"}),
            "1 validation error detected: Value 'maybe' at 'treatMissingData' failed to satisfy \
             constraint: Member must satisfy enum value set: [breaching, notBreaching, ignore, missing]",
        ),
        (json!({"AlarmActions": ["security-alerts"]}), "Invalid arn syntax: security-alerts"),
        (
            json!({"ComparisonOperator": "GreaterThanUpperThreshold"}),
            "Anomaly detection is not offered",
        ),
        (json!({"EvaluationCriteria": {}}), "EvaluationCriteria is not offered"),
    ] {
        let refusal = scene.refused("PutMetricAlarm", with(changes)).await;
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            ("ValidationException", words)
        );
    }
    let changes = json!({"ExtendedStatistic": "p99"});
    let refusal = scene.refused("PutMetricAlarm", with(changes)).await;
    assert_eq!(refusal.code, "InvalidParameterCombinationException");
    let found = scene.call("DescribeAlarms", json!({})).await;
    assert_eq!(found, json!({"CompositeAlarms": [], "MetricAlarms": []}));
}

#[tokio::test]
async fn an_alarm_that_is_put_again_keeps_state_and_tags() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", with(json!({"Tags": [{"Key": "a", "Value": "1"}]}))).await;
    let state =
        json!({"AlarmName": "SecretAccessDenied", "StateValue": "OK", "StateReason": "mine"});
    scene.call("SetAlarmState", state).await;
    let changes = json!({"Threshold": 9, "Tags": [{"Key": "a", "Value": "2"}]});
    scene.call("PutMetricAlarm", with(changes)).await;
    let alarm = scene.alarm("SecretAccessDenied").await;
    assert_eq!((&alarm["StateValue"], &alarm["Threshold"]), (&json!("OK"), &json!(9.0)));
    let arn = json!({"ResourceARN": alarm["AlarmArn"]});
    let tags = scene.call("ListTagsForResource", arn).await;
    assert_eq!(tags["Tags"], json!([{"Key": "a", "Value": "1"}]));
}

#[tokio::test]
async fn tags_come_and_go() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", tutorial()).await;
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretAccessDenied";
    let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]);
    scene.call("TagResource", json!({"ResourceARN": arn, "Tags": tags})).await;
    scene.call("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["a", "none"]})).await;
    let left = scene.call("ListTagsForResource", json!({"ResourceARN": arn})).await;
    assert_eq!(left["Tags"], json!([{"Key": "b", "Value": ""}]));
    for arn in ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:gone", "nothing"] {
        let refusal = scene.refused("ListTagsForResource", json!({"ResourceARN": arn})).await;
        assert_eq!((refusal.code.as_str(), refusal.status), ("ResourceNotFoundException", 404));
    }
    let tags = json!([{"Key": "aws:x", "Value": "1"}]);
    let refusal = scene.refused("TagResource", json!({"ResourceARN": arn, "Tags": tags})).await;
    assert_eq!(refusal.code, "InvalidParameterValueException");
}

#[tokio::test]
async fn alarms_are_found_by_name_prefix_state_and_action() {
    let scene = Scene::new();
    for name in ["a1", "a2", "b/1", "b2"] {
        scene.call("PutMetricAlarm", with(json!({"AlarmName": name}))).await;
    }
    scene
        .call("SetAlarmState", json!({"AlarmName": "b2", "StateValue": "ALARM", "StateReason": ""}))
        .await;
    for (body, expected) in [
        (json!({}), json!(["a1", "a2", "b/1", "b2"])),
        (json!({"AlarmNamePrefix": "b"}), json!(["b/1", "b2"])),
        (json!({"AlarmNamePrefix": "b/"}), json!(["b/1"])),
        (json!({"AlarmNames": ["b2", "none", "a1"]}), json!(["b2", "a1"])),
        (json!({"StateValue": "ALARM"}), json!(["b2"])),
        (json!({"ActionPrefix": "arn:aws:sns"}), json!(["a1", "a2", "b/1", "b2"])),
        (json!({"ActionPrefix": "arn:aws:lambda"}), json!([])),
        (json!({"AlarmTypes": ["CompositeAlarm"]}), json!([])),
    ] {
        let found = scene.call("DescribeAlarms", body.clone()).await;
        let names: Vec<_> = found["MetricAlarms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["AlarmName"].clone())
            .collect();
        assert_eq!(json!(names), expected, "{body}");
    }
    let first = scene.call("DescribeAlarms", json!({"MaxRecords": 3})).await;
    assert_eq!(first["MetricAlarms"].as_array().unwrap().len(), 3);
    let rest = scene
        .call("DescribeAlarms", json!({"MaxRecords": 3, "NextToken": first["NextToken"]}))
        .await;
    assert_eq!(rest["MetricAlarms"][0]["AlarmName"], "b2");
    assert!(rest.get("NextToken").is_none());
    let over = json!({"Namespace": "AWS/SecretsManager", "MetricName": "CallCount",
        "Dimensions": tutorial()["Dimensions"]});
    let found = scene.call("DescribeAlarmsForMetric", over).await;
    assert_eq!(found["MetricAlarms"].as_array().unwrap().len(), 4);
    let over = json!({"Namespace": "AWS/SecretsManager", "MetricName": "CallCount"});
    let found = scene.call("DescribeAlarmsForMetric", over).await;
    assert_eq!(found["MetricAlarms"], json!([]));
}

#[tokio::test]
async fn deleting_needs_every_alarm_and_leaves_its_history() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", tutorial()).await;
    let names = json!({"AlarmNames": ["SecretAccessDenied", "none"]});
    let refusal = scene.refused("DeleteAlarms", names).await;
    assert_eq!((refusal.code.as_str(), refusal.status), ("ResourceNotFound", 404));
    scene.call("DeleteAlarms", json!({"AlarmNames": ["SecretAccessDenied"]})).await;
    let history = scene.call("DescribeAlarmHistory", json!({})).await;
    let summaries: Vec<_> = history["AlarmHistoryItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["HistorySummary"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(summaries.len(), 2);
    assert!(summaries.contains(&"Alarm \"SecretAccessDenied\" deleted".to_owned()));
    scene.stage.advance_days(31);
    scene.age().await;
    let history = scene.call("DescribeAlarmHistory", json!({})).await;
    assert_eq!(history["AlarmHistoryItems"], json!([]));
}

#[tokio::test]
async fn an_alarm_that_is_not_there_is_told_only_to_those_who_may_ask() {
    let scene = Scene::new();
    let body = json!({"AlarmName": "none", "StateValue": "OK", "StateReason": "x"});
    let refusal = scene.refused("SetAlarmState", body.clone()).await;
    assert_eq!((refusal.code.as_str(), refusal.message.as_str()), ("ResourceNotFound", ""));
    let stranger = scene.stage.as_caller(allowed_only(ACCOUNT, &["cloudwatch:DescribeAlarms"]));
    let refusal = stranger.call(&scene.host, "SetAlarmState", &body.to_string()).await.unwrap_err();
    assert_eq!(refusal.code, "AccessDeniedException");
    assert!(
        refusal.message.contains(
            "not authorized to perform: cloudwatch:SetAlarmState on resource: \
             arn:aws:cloudwatch:us-east-1:123456789012:alarm:none"
        ),
        "{}",
        refusal.message
    );
    let body = json!({"AlarmName": "x", "StateValue": "BROKEN", "StateReason": "x"});
    let refusal = scene.refused("SetAlarmState", body).await;
    assert!(refusal.message.ends_with("[OK, ALARM, INSUFFICIENT_DATA]"), "{}", refusal.message);
}
