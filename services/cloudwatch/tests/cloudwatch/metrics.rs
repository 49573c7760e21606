//! Samples in, statistics out.

use serde_json::{Value, json};
use strongroom_cloudwatch::{Datum, Unit};
use strongroom_testkit::{ACCOUNT, REGION};

use crate::Scene;

async fn put(scene: &Scene, datum: Value) {
    scene.call("PutMetricData", json!({"Namespace": "N", "MetricData": [datum]})).await;
}

async fn statistics(scene: &Scene, extra: Value) -> Vec<Value> {
    let mut body = json!({
        "Namespace": "N", "MetricName": "M", "Period": 60,
        "StartTime": scene.seconds() - 3_600, "EndTime": scene.seconds() + 60,
        "Statistics": ["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
    });
    for (key, value) in extra.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    scene.call("GetMetricStatistics", body).await["Datapoints"].as_array().unwrap().clone()
}

#[tokio::test]
async fn samples_of_a_minute_come_out_as_one_datapoint() {
    let scene = Scene::new();
    put(&scene, json!({"MetricName": "M", "Value": 1, "Unit": "Count"})).await;
    put(&scene, json!({"MetricName": "M", "Values": [2, 3], "Counts": [1, 2], "Unit": "Count"}))
        .await;
    let set = json!({"SampleCount": 2, "Sum": 11, "Minimum": 1, "Maximum": 10});
    put(&scene, json!({"MetricName": "M", "StatisticValues": set, "Unit": "Count"})).await;
    let points = statistics(&scene, json!({})).await;
    let minute = scene.seconds() - scene.seconds() % 60;
    let expected = json!({
        "Timestamp": minute, "SampleCount": 6.0, "Sum": 20.0, "Average": 20.0 / 6.0,
        "Minimum": 1.0, "Maximum": 10.0, "Unit": "Count",
    });
    assert_eq!(points, [expected]);
}

#[tokio::test]
async fn a_set_of_dimensions_is_a_metric_of_its_own() {
    let scene = Scene::new();
    let dimension = json!([{"Name": "D", "Value": "x"}]);
    put(&scene, json!({"MetricName": "M", "Value": 1})).await;
    put(&scene, json!({"MetricName": "M", "Value": 5, "Dimensions": dimension})).await;
    assert_eq!(statistics(&scene, json!({})).await[0]["Sum"], 1.0);
    let points = statistics(&scene, json!({"Dimensions": dimension})).await;
    assert_eq!(points[0]["Sum"], 5.0);
}

#[tokio::test]
async fn percentiles_are_told_when_every_sample_is_known() {
    let scene = Scene::new();
    let values: Vec<_> = (1..=20).collect();
    put(&scene, json!({"MetricName": "M", "Values": values})).await;
    let asked = json!({"Statistics": null, "ExtendedStatistics": ["p50", "tm(:50%)"]});
    let points = statistics(&scene, asked.clone()).await;
    assert_eq!(points[0]["ExtendedStatistics"], json!({"p50": 10.0, "tm(:50%)": 5.5}));
    let set = json!({"SampleCount": 2, "Sum": 11, "Minimum": 1, "Maximum": 10});
    put(&scene, json!({"MetricName": "M", "StatisticValues": set})).await;
    assert!(statistics(&scene, asked).await[0].get("ExtendedStatistics").is_none());
}

#[tokio::test]
async fn seconds_are_kept_apart_on_request_for_three_hours() {
    let scene = Scene::new();
    let at = scene.seconds() - scene.seconds() % 60;
    for second in [0, 5, 11] {
        let datum = json!({"MetricName": "M", "Value": 1, "StorageResolution": 1,
            "Timestamp": at + second});
        put(&scene, datum).await;
    }
    let asked = json!({"Period": 10, "StartTime": at, "EndTime": at + 60, "Statistics": ["Sum"]});
    let sums: Vec<_> =
        statistics(&scene, asked.clone()).await.iter().map(|p| p["Sum"].clone()).collect();
    assert_eq!(sums, [2.0, 1.0]);
    scene.stage.advance_millis(4 * 3_600_000);
    scene.age().await;
    assert_eq!(statistics(&scene, asked).await.len(), 0);
    let asked = json!({"StartTime": at, "EndTime": at + 60});
    assert_eq!(statistics(&scene, asked).await[0]["Sum"], 3.0);
}

#[tokio::test]
async fn old_minutes_become_hours_and_then_nothing() {
    let scene = Scene::new();
    let hour = scene.seconds() - scene.seconds() % 3_600;
    for minute in 0..10 {
        let datum = json!({"MetricName": "M", "Value": 1, "Timestamp": hour + minute * 60});
        put(&scene, datum).await;
    }
    let count = |period: i64| {
        let asked = json!({"StartTime": hour, "EndTime": hour + 3_600, "Period": period});
        let scene = &scene;
        async move {
            let points = statistics(scene, asked).await;
            let sum: f64 = points.iter().map(|point| point["Sum"].as_f64().unwrap()).sum();
            (points.len(), sum)
        }
    };
    assert_eq!(count(60).await, (10, 10.0));
    scene.stage.advance_days(16);
    scene.age().await;
    assert_eq!(count(60).await, (2, 10.0));
    scene.stage.advance_days(60);
    scene.age().await;
    assert_eq!(count(60).await, (1, 10.0));
    assert_eq!(count(3_600).await, (1, 10.0));
    scene.stage.advance_days(400);
    scene.age().await;
    assert_eq!(count(3_600).await, (0, 0.0));
    let stored = scene.call("ListMetrics", json!({})).await;
    assert_eq!(stored["Metrics"], json!([]));
}

#[tokio::test]
async fn metrics_are_listed_while_they_are_recent() {
    let scene = Scene::new();
    let dimensions = json!([{"Name": "D", "Value": "x"}, {"Name": "C", "Value": "y"}]);
    put(&scene, json!({"MetricName": "M", "Value": 1, "Dimensions": dimensions})).await;
    put(&scene, json!({"MetricName": "Other", "Value": 1})).await;
    let listed = |body: Value| {
        let scene = &scene;
        async move {
            let found = scene.call("ListMetrics", body).await;
            found["Metrics"].as_array().unwrap().iter().map(|m| m["MetricName"].clone()).collect()
        }
    };
    let all: Vec<Value> = listed(json!({})).await;
    assert_eq!(all, ["M", "Other"]);
    for (body, expected) in [
        (json!({"Namespace": "N", "MetricName": "M"}), 1),
        (json!({"MetricName": "Other"}), 1),
        (json!({"Namespace": "N/M"}), 0),
        (json!({"Dimensions": [{"Name": "D"}]}), 1),
        (json!({"Dimensions": [{"Name": "D", "Value": "z"}]}), 0),
        (json!({"RecentlyActive": "PT3H"}), 2),
    ] {
        let found: Vec<Value> = listed(body.clone()).await;
        assert_eq!(found.len(), expected, "{body}");
    }
    scene.stage.advance_millis(5 * 3_600_000);
    let found: Vec<Value> = listed(json!({"RecentlyActive": "PT3H"})).await;
    assert_eq!(found.len(), 0);
    scene.stage.advance_days(15);
    let found: Vec<Value> = listed(json!({})).await;
    assert_eq!(found.len(), 0);
}

#[tokio::test]
async fn a_long_list_of_metrics_goes_on_where_it_ended() {
    let scene = Scene::new();
    let data: Vec<_> =
        (0..700).map(|n| json!({"MetricName": format!("m{n:03}"), "Value": 1})).collect();
    scene.call("PutMetricData", json!({"Namespace": "N", "MetricData": data})).await;
    let first = scene.call("ListMetrics", json!({"Namespace": "N"})).await;
    assert_eq!(first["Metrics"].as_array().unwrap().len(), 500);
    let body = json!({"Namespace": "N", "NextToken": first["NextToken"]});
    let second = scene.call("ListMetrics", body).await;
    assert_eq!(second["Metrics"].as_array().unwrap().len(), 200);
    assert_eq!(second["Metrics"][0]["MetricName"], "m500");
    assert!(second.get("NextToken").is_none());
    let refusal = scene.refused("ListMetrics", json!({"NextToken": "§"})).await;
    assert_eq!(refusal.code, "InvalidNextToken");
}

#[tokio::test]
async fn samples_that_make_no_sense_are_refused_in_aws_words() {
    let scene = Scene::new();
    let now = scene.seconds();
    for (datum, code, words) in [
        (
            json!({"MetricName": "M", "Value": 1, "Values": [1]}),
            "InvalidParameterCombinationException",
            "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually \
             exclusive and you have specified both.",
        ),
        (
            json!({"MetricName": "M", "Values": [1], "Counts": [1, 2]}),
            "InvalidParameterValueException",
            "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the \
             same size.",
        ),
        (
            json!({"MetricName": "M"}),
            "MissingRequiredParameterException",
            "The parameter MetricData.member.1.Value is required.",
        ),
        (
            json!({"MetricName": "M", "Value": 1, "Timestamp": now - 15 * 86_400}),
            "InvalidParameterValueException",
            "The parameter MetricData.member.1.Timestamp must specify a time no more than two weeks in \
             the past and no more than two hours in the future.",
        ),
        (
            json!({"MetricName": "M", "Value": 1, "StorageResolution": 7}),
            "InvalidParameterValueException",
            "The parameter MetricData.member.1.StorageResolution must be 1 or 60.",
        ),
        (
            json!({"MetricName": "M", "Value": "NaN"}),
            "InvalidParameterValueException",
            "The value NaN for parameter MetricData.member.1.Value is invalid.",
        ),
        (
            json!({"MetricName": "M", "Value": "-Infinity"}),
            "InvalidParameterValueException",
            "The value -Infinity for parameter MetricData.member.1.Value is invalid.",
        ),
        (
            json!({"MetricName": "M", "Value": 1e300}),
            "InvalidParameterValueException",
            "The value 1e300 for parameter MetricData.member.1.Value is invalid.",
        ),
    ] {
        let refusal =
            scene.refused("PutMetricData", json!({"Namespace": "N", "MetricData": [datum]})).await;
        assert_eq!((refusal.code.as_str(), refusal.message.as_str()), (code, words));
    }
    let body = json!({"Namespace": "AWS/Mine", "MetricData": [{"MetricName": "M", "Value": 1}]});
    assert_eq!(scene.refused("PutMetricData", body).await.code, "InvalidParameterValueException");
    let stored = scene.call("ListMetrics", json!({})).await;
    assert_eq!(stored["Metrics"], json!([]));
}

#[tokio::test]
async fn too_many_datapoints_are_refused_in_aws_words() {
    let scene = Scene::new();
    let body = json!({"Namespace": "N", "MetricName": "M", "Period": 60, "Statistics": ["Sum"],
        "StartTime": 0, "EndTime": 86_400 * 60});
    let refusal = scene.refused("GetMetricStatistics", body).await;
    assert_eq!(refusal.code, "InvalidParameterCombinationException");
    assert_eq!(
        refusal.message,
        "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce \
         the datapoints requested by increasing Period, or decreasing the time range."
    );
}

#[tokio::test]
async fn times_beyond_all_calendars_are_refused_or_empty() {
    let scene = Scene::new();
    for at in [9e15, -9e15, 1e300, -1e300] {
        let datum = json!({"MetricName": "M", "Value": 1, "Timestamp": at});
        scene.refused("PutMetricData", json!({"Namespace": "N", "MetricData": [datum]})).await;
        let query = json!({"Id": "a", "Expression": "TIME_SERIES(1)"});
        for (start, end) in [(0.0, at), (at, 0.0), (at, 1e15), (-1e15, at)] {
            let body = json!({"StartTime": start, "EndTime": end, "MetricDataQueries": [query],
                "Namespace": "N", "MetricName": "M", "Period": 60, "Statistics": ["Sum"]});
            for operation in ["GetMetricData", "GetMetricStatistics"] {
                let outcome = scene.stage.call(&scene.host, operation, &body.to_string()).await;
                assert!(outcome.is_ok() || outcome.is_err_and(|refusal| refusal.status == 400));
            }
        }
        let body = json!({"StartDate": at, "EndDate": at});
        let outcome =
            scene.stage.call(&scene.host, "DescribeAlarmHistory", &body.to_string()).await;
        assert!(outcome.is_ok() || outcome.is_err_and(|refusal| refusal.status == 400));
    }
}

#[tokio::test]
async fn what_this_server_says_itself_may_be_in_a_namespace_of_aws() {
    let scene = Scene::new();
    let datum = Datum::counted("CallCount", 3).dimension("Operation", "GetSecretValue");
    let other = Datum::new("Age", 0.5).unit(Unit::Seconds);
    let now = scene.stage.now();
    scene
        .service
        .record(ACCOUNT, REGION, "AWS/SecretsManager", &[datum, other], now)
        .await
        .unwrap();
    let asked = json!({"Namespace": "AWS/SecretsManager", "MetricName": "CallCount",
        "Dimensions": [{"Name": "Operation", "Value": "GetSecretValue"}]});
    let points = statistics(&scene, asked).await;
    assert_eq!((points[0]["Sum"].clone(), points[0]["Unit"].clone()), (json!(3.0), json!("Count")));
}
