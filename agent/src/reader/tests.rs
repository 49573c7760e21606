//! What callers get while the clock goes on and the service comes and goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::atomic::AtomicI64;

use jiff::Timestamp;
use strongroom_client::{Error, Providing};
use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::*;
use crate::upstream::Upstream;
use crate::wanted;

/// A clock that is turned, in seconds.
#[derive(Default)]
struct Turned(AtomicI64);

impl Machine for Turned {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(7);
        Ok(())
    }
}

/// A service with one secret.
struct Service {
    value: Mutex<Result<&'static str, Refusal>>,
    asked: Mutex<Vec<String>>,
    may_describe: bool,
    /// Holds answers back until it is notified.
    gate: Option<Notify>,
}

impl Upstream for Service {
    fn ask<'a>(
        &'a self,
        role: Option<&'a str>,
        operation: &'a str,
        _: Vec<u8>,
    ) -> Providing<'a, Result<Body, Refusal>> {
        let name = operation.split('.').nth(1).unwrap();
        self.asked.lock().unwrap().push(format!("{name}{}", role.unwrap_or_default()));
        let value = self.value.lock().unwrap().clone();
        Box::pin(async move {
            if let Some(gate) = &self.gate {
                gate.notified().await;
            }
            let version = value?;
            let text = match name {
                "DescribeSecret" if !self.may_describe => {
                    return Err(Refusal::coded(400, "AccessDeniedException", "no"));
                }
                "DescribeSecret" => json!({"VersionIdsToStages": {version: ["AWSCURRENT"]}}),
                "GetParameter" => json!({"Parameter": {"Name": "/a", "Value": version}}),
                _ => {
                    json!({"ARN": "arn:db", "Name": "db", "VersionId": version, "SecretString": version})
                }
            };
            Ok(Zeroizing::new(text.to_string().into_bytes()))
        })
    }
}

struct Scene {
    clock: Arc<Turned>,
    service: Arc<Service>,
    reader: Arc<Reader>,
}

impl Scene {
    fn new() -> Self {
        Self::with(Config::default(), true, None)
    }

    fn with(config: Config, may_describe: bool, gate: Option<Notify>) -> Self {
        let clock = Arc::new(Turned::default());
        let service = Arc::new(Service {
            value: Mutex::new(Ok("one")),
            asked: Mutex::default(),
            may_describe,
            gate,
        });
        let upstream: Shared = service.clone();
        let machine: Arc<dyn Machine> = clock.clone();
        let reader = Arc::new(Reader::new(&config, upstream, machine, None));
        Self { clock, service, reader }
    }

    fn turn(&self, second: i64) {
        self.clock.0.store(second, Ordering::Relaxed);
    }

    fn serve(&self, value: Result<&'static str, Refusal>) {
        *self.service.value.lock().unwrap() = value;
    }

    async fn read(&self, target: &str) -> Result<String, u16> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let question = wanted::read(path, query, "/v1/").unwrap();
        let entry = self.reader.read(&question).await.map_err(|refusal| refusal.status)?;
        Ok(entry.version_id.clone())
    }

    fn asked(&self) -> String {
        std::mem::take(&mut *self.service.asked.lock().unwrap()).join(" ")
    }
}

fn away() -> Refusal {
    Refusal { is_transient: true, ..Refusal::coded(503, "ServiceUnavailable", "") }
}

fn found(text: &str) -> Result<String, u16> {
    Ok(text.to_owned())
}

#[tokio::test]
async fn a_value_serves_until_its_time_is_over() {
    let scene = Scene::new();
    assert_eq!(scene.read("/v1/db").await, found("one"));
    scene.serve(Ok("two"));
    scene.turn(299);
    assert_eq!(scene.read("/v1/db").await, found("one"));
    assert_eq!(scene.asked(), "GetSecretValue");
    scene.turn(300);
    assert_eq!(scene.read("/v1/db").await, found("two"));
    assert_eq!(scene.asked(), "DescribeSecret GetSecretValue");
}

#[tokio::test]
async fn a_version_that_still_is_current_is_only_confirmed() {
    let scene = Scene::new();
    scene.read("/v1/db").await.unwrap();
    scene.turn(300);
    scene.read("/v1/db").await.unwrap();
    scene.turn(599);
    scene.read("/v1/db").await.unwrap();
    assert_eq!(scene.asked(), "GetSecretValue DescribeSecret");
}

#[tokio::test]
async fn who_may_only_read_the_value_reads_it() {
    let scene = Scene::with(Config::default(), false, None);
    scene.read("/v1/db").await.unwrap();
    scene.turn(300);
    assert_eq!(scene.read("/v1/db").await, found("one"));
    assert_eq!(scene.asked(), "GetSecretValue DescribeSecret GetSecretValue");
}

#[tokio::test]
async fn refresh_now_asks_and_renews() {
    let scene = Scene::new();
    scene.read("/v1/db").await.unwrap();
    scene.serve(Ok("two"));
    scene.turn(200);
    assert_eq!(scene.read("/v1/db?refreshNow=true").await, found("two"));
    scene.turn(499);
    assert_eq!(scene.read("/v1/db").await, found("two"));
    assert_eq!(scene.asked(), "GetSecretValue GetSecretValue");
}

#[tokio::test]
async fn while_the_service_is_away_an_old_value_serves_within_its_bound() {
    let scene = Scene::new();
    scene.read("/v1/db").await.unwrap();
    scene.serve(Err(away()));
    for second in [300, 305, 3_599] {
        scene.turn(second);
        assert_eq!(scene.read("/v1/db").await, found("one"), "{second}");
    }
    scene.turn(3_601);
    assert_eq!(scene.read("/v1/db").await, Err(503));
    scene.serve(Ok("two"));
    assert_eq!(scene.read("/v1/db").await, found("two"));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_slow_does_not_hold_up_who_can_be_served() {
    let scene = Scene::with(Config::default(), true, Some(Notify::new()));
    scene.service.gate.as_ref().unwrap().notify_one();
    scene.read("/v1/db").await.unwrap();
    scene.turn(300);
    // Nobody opens the gate any more.
    assert_eq!(scene.read("/v1/db").await, found("one"));
    assert_eq!(scene.asked(), "GetSecretValue DescribeSecret");
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_nothing_behind() {
    let scene = Scene::with(Config::default(), true, Some(Notify::new()));
    let reader = Arc::clone(&scene.reader);
    let question = wanted::read("/v1/db", "", "/v1/").unwrap();
    let reading = tokio::spawn(async move { reader.read(&question).await });
    while scene.service.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    reading.abort();
    assert!(reading.await.is_err());
    assert!(scene.reader.flights.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_service_that_is_away_is_not_asked_for_every_read() {
    let scene = Scene::new();
    scene.read("/v1/db").await.unwrap();
    scene.serve(Err(away()));
    scene.turn(300);
    scene.asked();
    for _ in 0..50 {
        scene.read("/v1/db").await.unwrap();
    }
    assert_eq!(scene.asked(), "DescribeSecret GetSecretValue");
}

#[tokio::test]
async fn a_caller_who_lost_the_right_gets_nothing_old() {
    let scene = Scene::new();
    scene.read("/v1/db").await.unwrap();
    scene.serve(Err(Refusal::coded(400, "AccessDeniedException", "no")));
    scene.turn(300);
    assert_eq!(scene.read("/v1/db").await, Err(400));
    scene.serve(Err(away()));
    assert_eq!(scene.read("/v1/db").await, Err(503));
}

#[tokio::test]
async fn a_changed_secret_is_read_anew_and_never_served_old() {
    let scene = Scene::new();
    scene.read("/v1/db").await.unwrap();
    scene.read("/v1/db?versionStage=AWSCURRENT").await.unwrap();
    scene.asked();
    assert_eq!(scene.reader.invalidate(&["arn:other".to_owned()]).len(), 0);
    assert_eq!(scene.reader.invalidate(&["arn:db".to_owned()]).len(), 2);
    scene.serve(Err(away()));
    assert_eq!(scene.read("/v1/db").await, Err(503));
    scene.serve(Ok("two"));
    assert_eq!(scene.read("/v1/db").await, found("two"));
}

#[tokio::test]
async fn a_change_is_heard_for_values_that_only_the_disk_holds() {
    let folder = tempfile::tempdir().unwrap();
    let kept = crate::config::DiskCache {
        folder: folder.path().join("values"),
        key_file: folder.path().join("key"),
    };
    let mut scene = Scene::new();
    let start = |scene: &mut Scene| {
        let machine: Arc<dyn Machine> = scene.clock.clone();
        let config = Config::default();
        let disk = Disk::open(&kept, config.max_stale, Arc::clone(&machine)).unwrap();
        let upstream: Shared = scene.service.clone();
        scene.reader = Arc::new(Reader::new(&config, upstream, machine, Some(disk)));
    };
    start(&mut scene);
    scene.read("/v1/db").await.unwrap();
    scene.serve(Err(away()));
    start(&mut scene);
    assert_eq!(scene.read("/v1/db").await, found("one"));
    start(&mut scene);
    assert_eq!(scene.reader.invalidate(&["arn:db".to_owned()]).len(), 0);
    assert_eq!(scene.read("/v1/db").await, Err(503));
    start(&mut scene);
    assert_eq!(scene.read("/v1/db").await, Err(503));
}

#[tokio::test]
async fn after_a_gap_everything_is_asked_for_again_and_bridges_an_outage() {
    let scene = Scene::new();
    scene.read("/v1/db").await.unwrap();
    scene.asked();
    assert_eq!(scene.reader.doubt_all().len(), 1);
    scene.serve(Err(away()));
    assert_eq!(scene.read("/v1/db").await, found("one"));
    assert_ne!(scene.asked(), "");
    assert_eq!(scene.reader.doubt_all().len(), 1);
    scene.serve(Ok("two"));
    assert_eq!(scene.read("/v1/db").await, found("two"));
}

#[tokio::test]
async fn an_answer_that_a_change_has_outrun_is_not_remembered() {
    let scene = Scene::with(Config::default(), true, Some(Notify::new()));
    let reader = Arc::clone(&scene.reader);
    let question = wanted::read("/v1/db", "", "/v1/").unwrap();
    let reading = tokio::spawn(async move { reader.read(&question).await });
    while scene.service.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    scene.reader.invalidate(&["arn:db".to_owned()]);
    scene.service.gate.as_ref().unwrap().notify_one();
    reading.await.unwrap().unwrap();
    assert_eq!(scene.reader.remembered_count(), 0);
}

#[tokio::test]
async fn an_answer_that_a_gap_has_outrun_is_remembered_as_expired() {
    let scene = Scene::with(Config::default(), true, Some(Notify::new()));
    let reader = Arc::clone(&scene.reader);
    let question = wanted::read("/v1/db", "", "/v1/").unwrap();
    let asked = question.clone();
    let reading = tokio::spawn(async move { reader.read(&asked).await });
    while scene.service.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    scene.reader.doubt_all();
    scene.service.gate.as_ref().unwrap().notify_one();
    reading.await.unwrap().unwrap();
    assert_eq!(scene.reader.remembered_count(), 1);
    assert!(scene.reader.remembered(&question).is_none());
}

#[tokio::test]
async fn many_who_wait_make_one_request() {
    let scene = Scene::with(Config::default(), true, Some(Notify::new()));
    let question = wanted::read("/v1/db", "", "/v1/").unwrap();
    let readings: Vec<_> = (0..100)
        .map(|_| {
            let (reader, question) = (Arc::clone(&scene.reader), question.clone());
            tokio::spawn(async move { reader.read(&question).await.map(|_| ()) })
        })
        .collect();
    while scene.service.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    scene.service.gate.as_ref().unwrap().notify_one();
    for reading in readings {
        reading.await.unwrap().unwrap();
    }
    assert_eq!(scene.asked(), "GetSecretValue");
}

#[tokio::test]
async fn each_role_and_each_version_is_remembered_apart() {
    let scene = Scene::new();
    let role = "roleArn=arn:aws:iam::123456789012:role/a";
    for target in ["/v1/db", &format!("/v1/db?{role}"), "/v1/db?versionId=one", "/v1/db"] {
        scene.read(target).await.unwrap();
    }
    assert_eq!(
        scene.asked(),
        "GetSecretValue GetSecretValuearn:aws:iam::123456789012:role/a GetSecretValue"
    );
}

#[tokio::test]
async fn a_parameter_is_remembered_for_its_own_time() {
    let config = Config { parameter_ttl: Duration::from_secs(10), ..Config::default() };
    let scene = Scene::with(config, true, None);
    for second in [0, 9, 10] {
        scene.turn(second);
        scene.read("/systemsmanager/parameters/get?name=%2Fa").await.unwrap();
    }
    assert_eq!(scene.asked(), "GetParameter GetParameter");
}
