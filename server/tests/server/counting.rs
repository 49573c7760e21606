//! Calls, as CloudWatch counts them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use strongroom::compose::{self, Running};
use strongroom::{credentials, services};

use crate::support::{Ask, configured};

struct House {
    folder: tempfile::TempDir,
}

impl House {
    async fn open(&self) -> Running {
        let data = self.folder.path().join("data");
        let config = configured(&[("data_dir", data.to_str().unwrap())]);
        compose::start(&config, services::build).await.unwrap()
    }

    fn ask(&self, service: &'static str, target: &str, body: &serde_json::Value) -> Ask {
        let path = self.folder.path().join("data/credentials");
        let key = credentials::read(&path, "default").unwrap().unwrap();
        let leak = |text: &str| &*Box::leak(text.to_owned().into_boxed_str());
        let (key, secret) = (leak(&key.id), leak(key.secret.reveal()));
        Ask { service, key, secret, ..Ask::json(target, &body.to_string()) }
    }

    /// How many calls CloudWatch has counted.
    async fn counted(&self, server: &Running) -> f64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let (start, end) = (now - Duration::from_secs(3_600), now + Duration::from_secs(60));
        let body = json!({
            "Namespace": "AWS/SecretsManager", "MetricName": "CallCount", "Statistics": ["Sum"],
            "Dimensions": [{"Name": "Operation", "Value": "ListSecrets"}],
            "StartTime": start.as_secs(), "EndTime": end.as_secs(), "Period": 60,
        });
        let target = "GraniteServiceVersion20100801.GetMetricStatistics";
        let reply = self.ask("monitoring", target, &body).of(server).await.json();
        let points = reply["Datapoints"].as_array().unwrap();
        points.iter().map(|point| point["Sum"].as_f64().unwrap()).sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_calls_before_a_stop_are_counted() {
    let house = House { folder: tempfile::tempdir().unwrap() };
    let mut calls = 0.0;
    for _ in 0..3 {
        let server = house.open().await;
        assert!((house.counted(&server).await - calls).abs() < f64::EPSILON);
        for _ in 0..5 {
            let list = house.ask("secretsmanager", "secretsmanager.ListSecrets", &json!({}));
            assert_eq!(list.of(&server).await.status, 200);
        }
        calls += 5.0;
        server.stop().await.unwrap();
    }
    let server = house.open().await;
    assert!((house.counted(&server).await - calls).abs() < f64::EPSILON);
    server.stop().await.unwrap();
}
