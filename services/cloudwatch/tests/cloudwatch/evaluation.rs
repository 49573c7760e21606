//! Alarms as they are evaluated.

use serde_json::{Value, json};
use strongroom_cloudwatch::Datum;
use strongroom_testkit::{ACCOUNT, REGION};

use crate::Scene;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:security-alerts";

async fn denied(scene: &Scene) {
    let datum = Datum::counted("CallCount", 1)
        .dimension("Operation", "GetSecretValue")
        .dimension("ErrorCode", "AccessDeniedException");
    let now = scene.stage.now();
    scene.service.record(ACCOUNT, REGION, "AWS/SecretsManager", &[datum], now).await.unwrap();
}

fn tutorial() -> Value {
    json!({
        "AlarmName": "SecretAccessDenied", "MetricName": "CallCount",
        "Namespace": "AWS/SecretsManager", "Statistic": "Sum", "Period": 300, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [
            {"Name": "Operation", "Value": "GetSecretValue"},
            {"Name": "ErrorCode", "Value": "AccessDeniedException"},
        ],
        "AlarmActions": [TOPIC],
    })
}

#[tokio::test]
async fn the_tutorials_alarm_goes_off_within_a_minute_of_one_denied_call() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", tutorial()).await;
    scene.pass(60).await;
    assert_eq!(scene.state("SecretAccessDenied").await, "INSUFFICIENT_DATA");
    denied(&scene).await;
    scene.pass(70).await;
    let alarm = scene.alarm("SecretAccessDenied").await;
    assert_eq!(alarm["StateValue"], "ALARM");
    let reason = alarm["StateReason"].as_str().unwrap();
    assert_eq!(
        reason,
        "Threshold Crossed: 1 datapoint [1.0 (31/01/26 10:17:00)] was greater than or equal to the \
         threshold (1.0)."
    );
    let data: Value = serde_json::from_str(alarm["StateReasonData"].as_str().unwrap()).unwrap();
    assert_eq!(
        data["evaluatedDatapoints"],
        json!([{"timestamp": "2026-01-31T10:17:00.000+0000", "sampleCount": 1.0, "value": 1.0}])
    );
    assert_eq!((&data["statistic"], &data["period"]), (&json!("Sum"), &json!(300)));

    let rung = scene.rung();
    assert_eq!(rung.len(), 1);
    let (action, subject, message) = &rung[0];
    assert_eq!(action, TOPIC);
    assert_eq!(subject, "ALARM: \"SecretAccessDenied\" in US East (N. Virginia)");
    let changed = message["StateChangeTime"].clone();
    assert_eq!(
        *message,
        json!({
            "AlarmName": "SecretAccessDenied", "AlarmDescription": null,
            "AWSAccountId": "123456789012",
            "AlarmConfigurationUpdatedTimestamp": "2026-01-31T10:20:30.000+0000",
            "NewStateValue": "ALARM", "NewStateReason": reason, "StateChangeTime": changed,
            "Region": "US East (N. Virginia)",
            "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretAccessDenied",
            "OldStateValue": "INSUFFICIENT_DATA", "OKActions": [], "AlarmActions": [TOPIC],
            "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "CallCount", "Namespace": "AWS/SecretsManager",
                "StatisticType": "Statistic", "Statistic": "SUM", "Unit": null,
                "Dimensions": [
                    {"value": "AccessDeniedException", "name": "ErrorCode"},
                    {"value": "GetSecretValue", "name": "Operation"},
                ],
                "Period": 300, "EvaluationPeriods": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1.0,
                "TreatMissingData": "", "EvaluateLowSampleCountPercentile": "",
            },
        })
    );

    // It stays in alarm while the call is in sight, and rings no more.
    scene.pass(240).await;
    assert_eq!(scene.state("SecretAccessDenied").await, "ALARM");
    scene.pass(1_200).await;
    assert_eq!(scene.state("SecretAccessDenied").await, "INSUFFICIENT_DATA");
    assert_eq!(scene.rung().len(), 0);
}

#[tokio::test]
async fn what_an_alarm_did_stands_in_its_history() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", tutorial()).await;
    denied(&scene).await;
    scene.pass(70).await;
    let body = json!({"AlarmName": "SecretAccessDenied", "ScanBy": "TimestampAscending"});
    let history = scene.call("DescribeAlarmHistory", body).await;
    let items = history["AlarmHistoryItems"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|i| i["HistorySummary"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        [
            "Alarm \"SecretAccessDenied\" created",
            "Alarm updated from INSUFFICIENT_DATA to ALARM",
            &format!("Successfully executed action {TOPIC}"),
        ]
    );
    let data: Value = serde_json::from_str(items[1]["HistoryData"].as_str().unwrap()).unwrap();
    assert_eq!(data["newState"]["stateValue"], "ALARM");
    assert_eq!(data["newState"]["stateReasonData"]["threshold"], 1.0);
    let body = json!({"AlarmName": "SecretAccessDenied", "MaxRecords": 2});
    let first = scene.call("DescribeAlarmHistory", body.clone()).await;
    let mut body = body;
    body["NextToken"] = first["NextToken"].clone();
    let second = scene.call("DescribeAlarmHistory", body).await;
    assert_eq!(second["AlarmHistoryItems"][0]["HistoryItemType"], "ConfigurationUpdate");
    assert!(second.get("NextToken").is_none());
}

#[tokio::test]
async fn an_action_that_fails_stands_in_the_history_and_is_not_tried_for_ever() {
    let scene = Scene::new();
    *scene.bell.refusal.lock().unwrap() = Some("no such topic".to_owned());
    scene.call("PutMetricAlarm", tutorial()).await;
    denied(&scene).await;
    scene.pass(70).await;
    let body = json!({"AlarmName": "SecretAccessDenied", "HistoryItemType": "Action"});
    let history = scene.call("DescribeAlarmHistory", body).await;
    assert_eq!(
        history["AlarmHistoryItems"][0]["HistorySummary"],
        format!("Failed to execute action {TOPIC}. Received error: \"no such topic\"")
    );
    *scene.bell.refusal.lock().unwrap() = None;
    scene.pass(60).await;
    assert_eq!(scene.rung().len(), 0);
}

#[tokio::test]
async fn a_silent_alarm_changes_its_state_and_does_nothing() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", tutorial()).await;
    let names = json!({"AlarmNames": ["SecretAccessDenied"]});
    scene.call("DisableAlarmActions", names.clone()).await;
    denied(&scene).await;
    scene.pass(70).await;
    assert_eq!(scene.state("SecretAccessDenied").await, "ALARM");
    assert_eq!(scene.rung().len(), 0);
    scene.call("EnableAlarmActions", names).await;
    let ok = json!({"AlarmName": "SecretAccessDenied", "StateValue": "OK", "StateReason": "x"});
    scene.call("SetAlarmState", ok).await;
    scene.pass(60).await;
    assert_eq!(scene.rung().len(), 1, "the next evaluation finds the call again");
}

#[tokio::test]
async fn missing_data_mean_what_the_alarm_says() {
    let scene = Scene::new();
    for treat in ["missing", "ignore", "breaching", "notBreaching"] {
        let body = json!({"AlarmName": treat, "MetricName": "M", "Namespace": "N",
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 2, "Threshold": 5,
            "ComparisonOperator": "LessThanThreshold", "TreatMissingData": treat});
        scene.call("PutMetricAlarm", body).await;
        let ok = json!({"AlarmName": treat, "StateValue": "OK", "StateReason": "x"});
        scene.call("SetAlarmState", ok).await;
    }
    scene.pass(70).await;
    for (name, expected) in [
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "OK"),
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
    ] {
        assert_eq!(scene.state(name).await, expected, "{name}");
    }
    assert_eq!(
        scene.alarm("breaching").await["StateReason"],
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were \
         treated as [Breaching]."
    );
}

#[tokio::test]
async fn an_alarm_over_an_expression_is_evaluated_too() {
    let scene = Scene::new();
    let stat = |name: &str| {
        json!({"Metric": {"Namespace": "N", "MetricName": name}, "Period": 60,
        "Stat": "Sum"})
    };
    let body = json!({"AlarmName": "rate", "EvaluationPeriods": 1, "Threshold": 10,
    "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [TOPIC], "Metrics": [
        {"Id": "errors", "MetricStat": stat("Errors"), "ReturnData": false},
        {"Id": "calls", "MetricStat": stat("Calls"), "ReturnData": false},
        {"Id": "rate", "Expression": "100 * errors / calls", "Label": "percent"},
    ]});
    scene.call("PutMetricAlarm", body).await;
    let data = json!([{"MetricName": "Errors", "Value": 2}, {"MetricName": "Calls", "Value": 10}]);
    scene.call("PutMetricData", json!({"Namespace": "N", "MetricData": data})).await;
    scene.pass(70).await;
    let alarm = scene.alarm("rate").await;
    assert_eq!(alarm["StateValue"], "ALARM");
    assert_eq!(alarm["Metrics"][2]["Expression"], "100 * errors / calls");
    assert!(alarm.get("MetricName").is_none());
    assert_eq!(scene.rung()[0].2["Trigger"]["Metrics"][2]["Id"], "rate");
}

#[tokio::test]
async fn a_clock_that_jumps_neither_storms_nor_stalls_alarms() {
    let scene = Scene::new();
    scene.call("PutMetricAlarm", tutorial()).await;
    scene.pass(60).await;
    scene.stage.advance_days(365);
    scene.tick().await;
    scene.stage.advance_days(-365);
    denied(&scene).await;
    scene.pass(70).await;
    assert_eq!(scene.state("SecretAccessDenied").await, "ALARM");
    assert_eq!(scene.rung().len(), 1);
}
