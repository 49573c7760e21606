//! Metric filters: what they are, and what they count.

use serde_json::{Value, json};

use crate::Scene;

fn filter(name: &str, pattern: &str, transformation: Value) -> Value {
    let mut transformation = transformation;
    transformation["metricName"] = json!(name);
    transformation["metricNamespace"] = json!("App");
    json!({
        "logGroupName": "g", "filterName": name, "filterPattern": pattern,
        "metricTransformations": [transformation],
    })
}

fn said(scene: &Scene) -> Vec<String> {
    let mut figures = scene.figures.0.lock().unwrap();
    let now = scene.now();
    let show = |(namespace, datum): (String, strongroom_logs::Datum)| {
        let at = datum.timestamp_ms - now;
        format!(
            "{namespace}/{} {} {:?} {:?} {at}",
            datum.name, datum.value, datum.unit, datum.dimensions
        )
    };
    figures.drain(..).map(show).collect()
}

#[tokio::test]
async fn events_become_figures_as_they_come_in() {
    let scene = Scene::with_stream(1).await;
    scene.put("s", &[(-1, "ERROR before")]).await;
    scene.ok("PutMetricFilter", filter("Errors", "ERROR", json!({"metricValue": "1"}))).await;
    let bytes =
        json!({"metricValue": "$.bytes", "unit": "Bytes", "dimensions": {"Verb": "$.verb"}});
    scene.ok("PutMetricFilter", filter("Sent", "{ $.verb = * }", bytes)).await;
    let size = json!({"metricValue": "$size"});
    scene.ok("PutMetricFilter", filter("Size", "[ip, size]", size)).await;
    scene
        .put(
            "s",
            &[
                (-5, "an ERROR here today"),
                (-4, r#"{"verb":"GET","bytes":12.5}"#),
                (-3, r#"{"verb":"GET","bytes":"many"}"#),
                (-2, r#"{"bytes":1}"#),
                (-1, "127.0.0.1 99"),
            ],
        )
        .await;
    let mut said = said(&scene);
    said.sort();
    assert_eq!(
        said,
        [
            "App/Errors 1 None [] -5",
            r#"App/Sent 12.5 Some("Bytes") [("Verb", "GET")] -4"#,
            "App/Size 99 None [] -1",
        ]
    );
}

#[tokio::test]
async fn a_changed_filter_counts_differently_and_a_deleted_one_not_at_all() {
    let scene = Scene::with_stream(1).await;
    scene.ok("PutMetricFilter", filter("N", "a", json!({"metricValue": "1"}))).await;
    scene.put("s", &[(0, "a")]).await;
    scene.ok("PutMetricFilter", filter("N", "a", json!({"metricValue": "2"}))).await;
    scene.put("s", &[(0, "a")]).await;
    let groups = scene.ok("DescribeLogGroups", json!({})).await;
    assert_eq!(groups["logGroups"][0]["metricFilterCount"], json!(1));
    scene.ok("DeleteMetricFilter", json!({"logGroupName": "g", "filterName": "N"})).await;
    scene.put("s", &[(0, "a")]).await;
    assert_eq!(said(&scene), ["App/N 1 None [] 0", "App/N 2 None [] 0"]);
    let gone = scene.refused("DeleteMetricFilter", json!({"logGroupName": "g", "filterName": "N"}));
    assert_eq!(gone.await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_minute_without_matches_gets_the_default_once() {
    let scene = Scene::with_stream(1).await;
    let zero = json!({"metricValue": "1", "defaultValue": 0.0});
    scene.ok("PutMetricFilter", filter("N", "ERROR", zero)).await;
    let minute = scene.now() % 60_000;
    scene.put("s", &[(-minute, "fine"), (-minute + 1, "fine")]).await;
    scene.put("s", &[(-minute + 2, "fine")]).await;
    scene.put("s", &[(-minute + 60_000, "fine"), (-minute + 60_001, "ERROR")]).await;
    let at = |time: i64| -minute + time;
    assert_eq!(
        said(&scene),
        [format!("App/N 0 None [] {}", at(0)), format!("App/N 1 None [] {}", at(60_001)),]
    );
}

#[tokio::test]
async fn a_filter_is_described_as_it_was_put() {
    let scene = Scene::with_stream(1).await;
    let sent = filter("N", "{ $.a = 1 }", json!({"metricValue": "1", "unit": "Count"}));
    scene.ok("PutMetricFilter", sent.clone()).await;
    scene.ok("PutMetricFilter", filter("O", "", json!({"metricValue": "1"}))).await;
    let expected = json!({
        "filterName": "N", "filterPattern": "{ $.a = 1 }", "logGroupName": "g",
        "creationTime": scene.now(), "applyOnTransformedLogs": false,
        "metricTransformations": sent["metricTransformations"],
    });
    for body in [
        json!({"logGroupName": "g", "filterNamePrefix": "N"}),
        json!({"metricName": "N", "metricNamespace": "App"}),
    ] {
        let reply = scene.ok("DescribeMetricFilters", body).await;
        assert_eq!(reply["metricFilters"], json!([expected]));
    }
    let first = scene.ok("DescribeMetricFilters", json!({"limit": 1})).await;
    assert_eq!(first["metricFilters"].as_array().unwrap().len(), 1);
    let body = json!({"limit": 1, "nextToken": first["nextToken"]});
    let second = scene.ok("DescribeMetricFilters", body).await;
    assert_eq!(second["metricFilters"][0]["filterName"], json!("O"));
    assert!(second.get("nextToken").is_none());
    scene.ok("DeleteLogGroup", json!({"logGroupName": "g"})).await;
    let none = scene.ok("DescribeMetricFilters", json!({})).await;
    assert_eq!(none["metricFilters"], json!([]));
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_refused() {
    let scene = Scene::with_stream(1).await;
    for (pattern, transformation, message) in [
        ("{ $.a }", json!({"metricValue": "1"}), "Invalid metric filter pattern"),
        (
            "ERROR",
            json!({"metricValue": "1", "dimensions": {"a": "$.b"}}),
            "The specified filter pattern does not support dimensions",
        ),
        (
            "{ $.a = 1 }",
            json!({"metricValue": "1", "defaultValue": 0.0, "dimensions": {"a": "$.b"}}),
            "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
        ),
        (
            "[a, b]",
            json!({"metricValue": "$c"}),
            "Invalid metric transformation: '$c' is neither a number nor a field of the filter pattern.",
        ),
    ] {
        let refused = scene.refused("PutMetricFilter", filter("N", pattern, transformation)).await;
        assert_eq!(refused, ("InvalidParameterException".into(), message.into()));
    }
    let regular = |name: &str| filter(name, "%a%", json!({"metricValue": "1"}));
    for name in ["1", "2", "3", "4", "5", "5"] {
        scene.ok("PutMetricFilter", regular(name)).await;
    }
    assert_eq!(scene.refused("PutMetricFilter", regular("6")).await.0, "LimitExceededException");
}

#[tokio::test]
async fn a_pattern_is_tried_on_messages() {
    let scene = Scene::new(1);
    let body = json!({
        "filterPattern": "{ $.errorCode = \"AccessDenied*\" }",
        "logEventMessages": ["no json", r#"{"errorCode":"AccessDenied","x":1}"#],
    });
    let reply = scene.ok("TestMetricFilter", body).await;
    assert_eq!(
        reply,
        json!({"matches": [{
            "eventNumber": 2,
            "eventMessage": r#"{"errorCode":"AccessDenied","x":1}"#,
            "extractedValues": {"$.errorCode": "AccessDenied"},
        }]})
    );
}
