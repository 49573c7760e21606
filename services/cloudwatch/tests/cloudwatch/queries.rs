//! GetMetricData.

use serde_json::{Value, json};

use crate::Scene;

async fn scene() -> Scene {
    let scene = Scene::new();
    let minute = scene.seconds() - scene.seconds() % 60;
    for step in 0..3 {
        let at = minute - 180 + step * 60;
        let data = json!([
            {"MetricName": "Calls", "Value": 10 * (step + 1), "Timestamp": at,
             "Dimensions": [{"Name": "Op", "Value": "Get"}]},
            {"MetricName": "Errors", "Value": step, "Timestamp": at,
             "Dimensions": [{"Name": "Op", "Value": "Get"}]},
        ]);
        scene.call("PutMetricData", json!({"Namespace": "N", "MetricData": data})).await;
    }
    scene
}

fn metric(id: &str, name: &str) -> Value {
    json!({"Id": id, "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum", "Metric":
        {"Namespace": "N", "MetricName": name, "Dimensions": [{"Name": "Op", "Value": "Get"}]}}})
}

async fn ask(scene: &Scene, queries: Value, extra: Value) -> Value {
    let minute = scene.seconds() - scene.seconds() % 60;
    let mut body = json!({"MetricDataQueries": queries, "ScanBy": "TimestampAscending",
        "StartTime": minute - 240, "EndTime": minute});
    for (key, value) in extra.as_object().unwrap() {
        body[key] = value.clone();
    }
    scene.call("GetMetricData", body).await
}

#[tokio::test]
async fn expressions_calculate_with_metrics() {
    let scene = scene().await;
    for (expression, expected) in [
        ("100 * errors / calls", json!([0.0, 5.0, 2.0 / 30.0 * 100.0])),
        ("FILL(calls, 0)", json!([0.0, 10.0, 20.0, 30.0])),
        ("SUM(METRICS())", json!([10.0, 21.0, 32.0])),
        ("SUM(calls)", json!([60.0, 60.0, 60.0, 60.0])),
        ("IF(calls > 15, 1, 0)", json!([0.0, 1.0, 1.0])),
        ("RATE(calls)", json!([10.0 / 60.0, 10.0 / 60.0])),
    ] {
        let result = json!({"Id": "e1", "Expression": expression, "Label": "told"});
        let queries = json!([metric("calls", "Calls"), metric("errors", "Errors"), result]);
        let told = ask(&scene, queries, json!({})).await;
        let results = told["MetricDataResults"].as_array().unwrap();
        assert_eq!(results.len(), 1, "{expression}");
        assert_eq!(results[0]["Values"], expected, "{expression}");
        assert_eq!(
            (&results[0]["Label"], &results[0]["StatusCode"]),
            (&json!("told"), &json!("Complete"))
        );
    }
}

#[tokio::test]
async fn expressions_stand_in_any_order_and_never_in_a_ring() {
    let scene = scene().await;
    let queries = json!([
        {"Id": "twice", "Expression": "once * 2"},
        {"Id": "once", "Expression": "calls + 0", "ReturnData": false},
        metric("calls", "Calls"),
    ]);
    let told = ask(&scene, queries, json!({})).await;
    assert_eq!(told["MetricDataResults"][0]["Values"], json!([20.0, 40.0, 60.0]));
    let body = json!({"StartTime": 0, "EndTime": 60, "MetricDataQueries":
        [{"Id": "a", "Expression": "b + 1"}, {"Id": "b", "Expression": "a + 1"}]});
    let refusal = scene.refused("GetMetricData", body).await;
    assert_eq!(refusal.message, "Error in expression 'a': it refers to itself");
    for (expression, message) in [
        ("nobody + 1", "Error in expression 'a': Unknown id nobody"),
        ("NOTHING(a)", "Error in expression 'a': Unknown function NOTHING"),
        ("SELECT AVG(calls)", "Error in expression 'a': Unexpected AVG"),
    ] {
        let body = json!({"StartTime": 0, "EndTime": 60, "MetricDataQueries":
            [{"Id": "a", "Expression": expression}]});
        let refusal = scene.refused("GetMetricData", body).await;
        assert_eq!((refusal.code.as_str(), &*refusal.message), ("ValidationException", message));
    }
}

#[tokio::test]
async fn a_search_finds_metrics_by_what_they_are_called() {
    let scene = scene().await;
    let search = r#"SEARCH('{N,Op} Op="Get"', 'Sum', 60)"#;
    let told = ask(&scene, json!([{"Id": "s", "Expression": search}]), json!({})).await;
    let labels: Vec<_> = told["MetricDataResults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["Label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["Get Calls", "Get Errors"]);
    let sum = format!("SUM({search})");
    let told = ask(&scene, json!([{"Id": "s", "Expression": sum}]), json!({})).await;
    assert_eq!(told["MetricDataResults"][0]["Values"], json!([10.0, 21.0, 32.0]));
}

#[tokio::test]
async fn answers_come_in_pages_of_the_size_asked_for() {
    let scene = scene().await;
    let mut calls = metric("calls", "Calls");
    let mut errors = metric("errors", "Errors");
    calls["ReturnData"] = json!(true);
    errors["ReturnData"] = json!(true);
    let mut values = Vec::new();
    let mut token = Value::Null;
    let mut pages = 0;
    loop {
        let mut extra = json!({"MaxDatapoints": 2, "ScanBy": "TimestampDescending"});
        if token != Value::Null {
            extra["NextToken"] = token;
        }
        let told = ask(&scene, json!([calls, errors]), extra).await;
        for result in told["MetricDataResults"].as_array().unwrap() {
            values.extend(result["Values"].as_array().unwrap().clone());
        }
        pages += 1;
        match told.get("NextToken") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    assert_eq!(values, [30.0, 20.0, 10.0, 2.0, 1.0, 0.0]);
    assert_eq!(pages, 3);
}

#[tokio::test]
async fn queries_that_make_no_sense_are_refused() {
    let scene = Scene::new();
    for query in [
        json!({"Id": "Upper", "Expression": "1"}),
        json!({"Id": "a"}),
        json!({"Id": "a", "Expression": "1 +"}),
        json!({"Id": "a", "Expression": "SEARCH('(', 'Sum')"}),
        json!({"Id": "a", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 61,
            "Stat": "Sum"}}),
        json!({"Id": "a", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60,
            "Stat": "Median"}}),
        json!({"Id": "a", "Expression": "1", "AccountId": "999999999999"}),
    ] {
        let body = json!({"StartTime": 0, "EndTime": 60, "MetricDataQueries": [query]});
        let refusal = scene.refused("GetMetricData", body).await;
        assert_eq!(refusal.code, "ValidationException", "{}", refusal.message);
    }
}

#[tokio::test]
async fn an_expression_without_a_value_says_why() {
    let scene = scene().await;
    let told = ask(&scene, json!([{"Id": "e", "Expression": "SUM('a')"}]), json!({})).await;
    let result = &told["MetricDataResults"][0];
    assert_eq!(result["StatusCode"], "InternalError");
    assert_eq!(result["Messages"][0]["Value"], "SUM takes time series");
}
