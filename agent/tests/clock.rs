//! A whole agent whose clock jumps, before a service whose clock goes right.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use strongroom_agent::agent::{self, Order, Running};
use strongroom_agent::config;
use strongroom_agent::joined::Join;
use strongroom_agent::workload::Role;
use strongroom_client::{Error, Machine, Variables};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use zeroize::Zeroizing;

const START: i64 = 1_790_000_000;
const DAY: i64 = 86_400;
const ROLE: &str = "arn:aws:iam::123456789012:role/app";

/// The host's clocks, in seconds: the one of the day, and the one that only goes on.
struct Host {
    day: AtomicI64,
    steady: AtomicU64,
}

impl Machine for Host {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.day.load(Ordering::Relaxed)).unwrap()
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(self.steady.load(Ordering::Relaxed))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(7);
        Ok(())
    }
}

/// A service with one secret and one role, which refuses signatures that are five minutes off.
struct Service {
    host: Arc<Host>,
    is_away: AtomicBool,
    asked: Mutex<Vec<&'static str>>,
}

impl Service {
    /// The right time: that of the host as long as nobody sets it.
    fn now(&self) -> Timestamp {
        let steady = i64::try_from(self.host.steady.load(Ordering::Relaxed)).unwrap();
        Timestamp::from_second(START + steady).unwrap()
    }

    async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            if self.is_away.load(Ordering::Relaxed) {
                continue;
            }
            let request = read(&mut stream).await;
            let (status, body) = self.answer(&request);
            let date = self.now().strftime("%a, %d %b %Y %H:%M:%S GMT");
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\ndate: {date}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all((head + &body).as_bytes()).await.unwrap();
        }
    }

    fn answer(&self, request: &str) -> (u16, String) {
        const OPERATIONS: [&str; 4] =
            ["GetCallerIdentity", "AssumeRole", "DescribeSecret", "GetSecretValue"];
        let operation = OPERATIONS.into_iter().find(|name| request.contains(name)).unwrap();
        let mut asked = self.asked.lock().unwrap();
        asked.push(operation);
        let (_, signed) = request.split_once("x-amz-date: ").unwrap();
        let signed: jiff::civil::DateTime = signed[..15].parse().unwrap();
        let signed = signed.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        if signed.duration_since(self.now()).abs().as_secs() > 300 {
            let refusal = r#"{"__type":"InvalidSignatureException","message":"Signature expired"}"#;
            return (403, refusal.to_owned());
        }
        let now = self.now();
        let body = match operation {
            "GetCallerIdentity" => {
                "<R><Arn>arn:aws:iam::123456789012:user/host</Arn></R>".to_owned()
            }
            "AssumeRole" => format!(
                "<R><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                 <SessionToken>{now}</SessionToken><Expiration>{}</Expiration></R>",
                now + jiff::SignedDuration::from_hours(1)
            ),
            "DescribeSecret" => r#"{"VersionIdsToStages":{}}"#.to_owned(),
            _ => format!(r#"{{"ARN":"a","Name":"db","VersionId":"v","SecretString":"{now}"}}"#),
        };
        (200, body)
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut more = [0; 4_096];
        let count = stream.read(&mut more).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&more[..count]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}

struct Scene {
    host: Arc<Host>,
    service: Arc<Service>,
    running: Running,
}

/// What the agent serves came at a time; this is how long ago it was, in seconds.
type Age = Result<i64, u16>;

impl Scene {
    async fn new(config: &str) -> Self {
        let host = Arc::new(Host { day: AtomicI64::new(START), steady: AtomicU64::new(0) });
        let service = Arc::new(Service {
            host: Arc::clone(&host),
            is_away: AtomicBool::new(false),
            asked: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(Arc::clone(&service).serve(listener));
        let variables: Variables = Arc::new(move |name| {
            Some(match name {
                "AWS_ENDPOINT_URL" => url.clone(),
                "AWS_REGION" => "us-east-1".to_owned(),
                "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "key".to_owned(),
                "AWS_CONFIG_FILE" | "AWS_SHARED_CREDENTIALS_FILE" => "/dev/null".to_owned(),
                "AWS_TOKEN" => "sesame".to_owned(),
                _ => return None,
            })
        });
        let text = format!("follow_changes = false\n{config}");
        let mut config = config::parse(&text, &variables).unwrap();
        config.listen.set_port(0);
        let order = Order {
            join: Join { folder: "/nonexistent".into(), token: None },
            config,
            role: Some(Role::Arn(ROLE.to_owned())),
            metadata: None,
            hop_limit: 1,
            container_token: Zeroizing::new("sesame".to_owned()),
            variables,
            machine: host.clone(),
        };
        let running = agent::start(order).await.unwrap();
        let scene = Self { host, service, running };
        scene.asked();
        scene
    }

    /// Time goes by, for both clocks.
    fn pass(&self, seconds: i64) {
        self.host.day.fetch_add(seconds, Ordering::Relaxed);
        self.host.steady.fetch_add(seconds.unsigned_abs(), Ordering::Relaxed);
    }

    /// Somebody sets the clock of the day.
    fn set_clock(&self, by: i64) {
        self.host.day.fetch_add(by, Ordering::Relaxed);
    }

    fn go_away(&self, is_away: bool) {
        self.service.is_away.store(is_away, Ordering::Relaxed);
    }

    fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.service.asked.lock().unwrap())
    }

    async fn value(&self) -> Age {
        self.read("/v1/db", "SecretString").await
    }

    async fn session(&self) -> Age {
        self.read("/credentials", "Token").await
    }

    async fn read(&self, target: &str, member: &str) -> Age {
        let body = get(self.running.address, target).await?;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let came: Timestamp = body[member].as_str().unwrap().parse().unwrap();
        Ok(self.service.now().duration_since(came).as_secs())
    }
}

async fn get(address: SocketAddr, target: &str) -> Result<String, u16> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        "host: localhost\r\nx-vault-token: sesame\r\nauthorization: sesame\r\nconnection: close";
    stream.write_all(format!("GET {target} HTTP/1.1\r\n{head}\r\n\r\n").as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let status: u16 = text.split(' ').nth(1).unwrap().parse().unwrap();
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    if status == 200 { Ok(body.to_owned()) } else { Err(status) }
}

#[tokio::test]
async fn a_clock_set_back_prolongs_nothing() {
    let scene = Scene::new("").await;
    assert_eq!((scene.value().await, scene.session().await), (Ok(0), Ok(0)));
    scene.pass(299);
    scene.set_clock(-DAY);
    assert_eq!(scene.value().await, Ok(299));
    scene.pass(1);
    assert_eq!(scene.value().await, Ok(0));
    scene.pass(2_700);
    // Renewed ten minutes before the hour is over.
    assert_eq!(scene.session().await, Ok(0));
}

#[tokio::test]
async fn a_clock_set_back_in_an_outage_prolongs_nothing() {
    let scene = Scene::new("max_stale_seconds = 1000").await;
    scene.value().await.unwrap();
    scene.go_away(true);
    scene.pass(500);
    assert_eq!(scene.value().await, Ok(500));
    for seconds in [499, 1, 2_599, 1] {
        scene.set_clock(-DAY);
        scene.pass(seconds);
        let age = scene.value().await;
        assert!(age == Err(502) || age.is_ok_and(|age| age < 1_000), "{age:?}");
        let age = scene.session().await;
        assert!(age == Err(503) || age.is_ok_and(|age| age < 3_600), "{age:?}");
    }
    assert_eq!((scene.value().await, scene.session().await), (Err(502), Err(503)));
    scene.go_away(false);
    scene.pass(1);
    assert_eq!((scene.value().await, scene.session().await), (Ok(0), Ok(0)));
}

#[tokio::test]
async fn a_clock_set_forward_has_everything_asked_for_once_more_and_not_again() {
    let scene = Scene::new("").await;
    scene.value().await.unwrap();
    scene.asked();
    scene.set_clock(DAY);
    for _ in 0..50 {
        assert_eq!((scene.value().await, scene.session().await), (Ok(0), Ok(0)));
    }
    // The first is refused for its time, which the service's answer corrects.
    assert_eq!(scene.asked(), ["GetSecretValue", "GetSecretValue", "AssumeRole"]);
    scene.pass(299);
    assert_eq!(scene.value().await, Ok(299));
}

#[tokio::test]
async fn a_clock_that_is_set_right_again_is_believed() {
    let scene = Scene::new("").await;
    for by in [DAY, -DAY, -DAY, DAY] {
        scene.set_clock(by);
        scene.pass(300);
        assert_eq!(scene.value().await, Ok(0), "{by}");
    }
    assert!(scene.session().await.is_ok_and(|age| age <= 1_200));
}

#[tokio::test]
async fn a_clock_set_forward_in_an_outage_ends_what_may_have_ended() {
    let scene = Scene::new("").await;
    scene.value().await.unwrap();
    scene.go_away(true);
    scene.set_clock(DAY);
    assert_eq!((scene.value().await, scene.session().await), (Err(502), Err(503)));
    // Nobody can tell it from a host that slept, until it is set right.
    scene.set_clock(-DAY);
    scene.pass(1);
    assert_eq!((scene.value().await, scene.session().await), (Ok(1), Ok(1)));
}

#[tokio::test]
async fn who_waits_for_credentials_in_an_outage_makes_no_storm() {
    let scene = Scene::new("").await;
    scene.go_away(true);
    scene.pass(3_600);
    let asks = (0..100).map(|_| scene.session());
    for age in futures_util::future::join_all(asks).await {
        assert_eq!(age, Err(503));
    }
    scene.go_away(false);
    assert_eq!(scene.session().await, Err(503), "told what the others were told");
    scene.pass(1);
    assert_eq!(scene.session().await, Ok(0));
    assert_eq!(scene.asked(), ["AssumeRole"]);
}
