//! Instances behind the wall that this machine offers. Needs bubblewrap and a Python.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use strongroom_sandbox::pool::{Choice, Pool};
use strongroom_sandbox::wall::{Wall, on_path};
use strongroom_sandbox::{Blueprint, Busy, Clock, Event, Finished, Folder, Refusal, Sink};

/// A function that does what its event says.
const FUNCTION: &str = r#"
import json, os, subprocess, sys, time, urllib.request
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/"
calls = 0
while True:
    with urllib.request.urlopen(API + "invocation/next") as reply:
        id, event = reply.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(reply.read())
    calls += 1
    what, value = event["do"], event.get("value")
    answer = {"calls": calls}
    if what == "exit":
        os._exit(value)
    if what == "sleep":
        subprocess.Popen(["sleep", "300"])
        time.sleep(value)
    if what == "print":
        for n in range(value):
            print("line", n, flush=True)
    if what == "eat":
        eaten = [b"x" * (1 << 20) + os.urandom(8) for _ in range(value)]
        time.sleep(5)
    if what == "user":
        answer["user"] = os.getuid()
    if what == "try":
        try:
            exec(value)
            answer["worked"] = True
        except Exception as error:
            answer["worked"] = False
            answer["error"] = repr(error)
    if what == "ask again":
        continue
    body = json.dumps(answer).encode()
    if what == "large":
        body = b'"' + b"x" * value + b'"'
    try:
        urllib.request.urlopen(API + "invocation/" + id + "/response", body).close()
    except urllib.error.HTTPError:
        pass
"#;

struct House {
    pool: Arc<Pool>,
    folder: Arc<Folder>,
    lines: Arc<Mutex<Vec<String>>>,
    started: AtomicU32,
    _home: tempfile::TempDir,
}

fn event(payload: &str) -> Event {
    Event {
        request_id: "11111111-2222-4333-8444-555555555555".to_owned(),
        invoked_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".to_owned(),
        payload: payload.as_bytes().to_vec(),
        client_context: None,
    }
}

/// The machine's own Python, which lies where every instance sees it.
fn python() -> String {
    ["/usr/bin/python3", "/usr/local/bin/python3"]
        .into_iter()
        .find(|path| PathBuf::from(path).exists())
        .expect("a Python under /usr")
        .to_owned()
}

impl House {
    async fn new() -> Self {
        let wall = Wall::find().await.expect("bubblewrap; `apt install bubblewrap`");
        let home = tempfile::tempdir().unwrap();
        let user = wall.has_users().then_some(1_879_048_000);
        let folder = Folder::create(home.path().join("function"), user).unwrap();
        std::fs::write(folder.task().join("function.py"), FUNCTION).unwrap();
        let readable = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(folder.task().join("function.py"), readable).unwrap();
        let clock: Clock = Arc::new(|| 1_769_854_830_000_000);
        Self {
            pool: Arc::new(Pool::new(wall, clock, 2)),
            folder: Arc::new(folder),
            lines: Arc::default(),
            started: AtomicU32::new(0),
            _home: home,
        }
    }

    fn blueprint(&self) -> Blueprint {
        self.started.fetch_add(1, Ordering::SeqCst);
        let lines = Arc::clone(&self.lines);
        let sink: Sink = Arc::new(move |new| {
            lines.lock().unwrap().extend(new.into_iter().map(|(_, line)| line));
        });
        Blueprint {
            name: "f".to_owned(),
            version: "$LATEST".to_owned(),
            command: vec![python(), "/var/task/function.py".to_owned()],
            environment: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            folder: Arc::clone(&self.folder),
            shown: Vec::new(),
            lent: Vec::new(),
            memory_mib: 128,
            ephemeral_mib: 512,
            timeout: Duration::from_secs(2),
            expires_micros: i64::MAX,
            companion: None,
            sink,
        }
    }

    async fn run(&self, payload: &str) -> Result<Finished, Refusal<()>> {
        let choice = Choice { group: "f", key: "f:1", most: Some(1) };
        self.pool.run(choice, event(payload), async || Ok(self.blueprint())).await
    }

    async fn answer(&self, payload: &str) -> (Value, bool) {
        let finished = self.run(payload).await.unwrap();
        (serde_json::from_slice(&finished.payload).unwrap(), finished.is_error)
    }

    async fn tries(&self, python: &str) -> bool {
        let event = serde_json::json!({ "do": "try", "value": python }).to_string();
        self.answer(&event).await.0["worked"].as_bool().unwrap()
    }

    fn started(&self) -> u32 {
        self.started.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_works_on_one_event_after_the_other() {
    let house = House::new().await;
    for calls in 1..=3 {
        let (answer, is_error) = house.answer(r#"{"do": "nothing"}"#).await;
        assert_eq!((answer["calls"].as_i64(), is_error), (Some(calls), false));
    }
    assert_eq!(house.started(), 1);
    house.pool.forget("f");
    assert_eq!(house.answer(r#"{"do": "nothing"}"#).await.0["calls"], 1);
    assert_eq!(house.started(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_writes_is_there_when_its_answer_is() {
    let house = House::new().await;
    let finished = house.run(r#"{"do": "print", "value": 500}"#).await.unwrap();
    let tail = String::from_utf8(finished.log_tail).unwrap();
    assert!(
        tail.contains("line 499\nEND RequestId: 11111111-2222-4333-8444-555555555555\nREPORT ")
    );
    let lines = house.lines.lock().unwrap();
    assert_eq!(lines[0], "START RequestId: 11111111-2222-4333-8444-555555555555 Version: $LATEST");
    assert_eq!(lines.len(), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_takes_too_long_ends_with_all_of_its_processes() {
    let house = House::new().await;
    let (error, is_error) = house.answer(r#"{"do": "sleep", "value": 200}"#).await;
    assert!(is_error);
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    assert!(error["errorMessage"].as_str().unwrap().ends_with("Task timed out after 2.00 seconds"));
    assert_eq!(house.answer(r#"{"do": "nothing"}"#).await.0["calls"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_exits_or_asks_for_more_without_an_answer_is_told() {
    let house = House::new().await;
    let (error, _) = house.answer(r#"{"do": "exit", "value": 7}"#).await;
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert!(error["errorMessage"].as_str().unwrap().ends_with("exit status 7"));
    let (error, is_error) = house.answer(r#"{"do": "ask again"}"#).await;
    assert!(is_error, "{error}");
    assert_eq!(house.answer(r#"{"do": "nothing"}"#).await.0["calls"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_uses_too_much_memory_is_killed() {
    let house = House::new().await;
    let (error, _) = house.answer(r#"{"do": "eat", "value": 300}"#).await;
    assert!(error["errorMessage"].as_str().unwrap().ends_with("signal: killed"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_beyond_the_limit_is_an_error_and_the_instance_lives_on() {
    let house = House::new().await;
    let (error, _) = house.answer(r#"{"do": "large", "value": 6291555}"#).await;
    assert_eq!(error["errorType"], "Function.ResponseSizeTooLarge");
    assert_eq!(house.answer(r#"{"do": "nothing"}"#).await.0["calls"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_more_room_than_was_agreed() {
    let house = Arc::new(House::new().await);
    let busy = Arc::clone(&house);
    let slow = tokio::spawn(async move { busy.answer(r#"{"do": "sleep", "value": 1}"#).await });
    while house.started() == 0 {
        tokio::task::yield_now().await;
    }
    let refused = house.run("{}").await.unwrap_err();
    assert!(matches!(refused, Refusal::Busy(Busy::Function)));
    let (answer, is_error) = slow.await.unwrap();
    assert!(!is_error, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_writes_to_tmp_and_nowhere_else() {
    let house = House::new().await;
    assert!(house.tries("open('/tmp/x', 'w').write('x')").await);
    for path in ["/x", "/usr/x", "/var/task/x", "/dev/x", "/etc/x", "/proc/sys/kernel/hostname"] {
        assert!(!house.tries(&format!("open('{path}', 'w').write('x')")).await, "{path}");
    }
    assert_eq!(house.started(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_sees_nothing_of_the_server() {
    let house = House::new().await;
    let ours = std::env::current_dir().unwrap();
    assert!(!house.tries(&format!("os.listdir('{}')", ours.display())).await);
    let mine = std::process::id();
    assert!(
        !house.tries(&format!("assert os.path.exists('/proc/{mine}/mem') and {mine} > 50")).await
    );
    assert!(!house.tries("open('/etc/shadow').read()").await);
    assert!(house.tries("assert len([p for p in os.listdir('/proc') if p.isdigit()]) < 5").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_gains_no_rights() {
    let house = House::new().await;
    let user = house.answer(r#"{"do": "user"}"#).await.0["user"].as_u64().unwrap();
    assert_ne!(user, 0);
    assert!(!house.tries("os.setuid(0)").await);
    assert!(
        house
            .tries("assert 'CapEff:\\t0000000000000000' in open('/proc/self/status').read()")
            .await
    );
    // No namespaces of its own, in which it would have rights, and no tracing.
    assert!(!house.tries("import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0").await);
    assert!(!house.tries("import ctypes; assert ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0").await);
    assert!(
        house
            .tries(
                "import threading; t = threading.Thread(target=id, args=(1,)); t.start(); t.join()"
            )
            .await
    );
}

#[test]
fn programs_are_found_where_the_path_says() {
    assert!(on_path("sh").is_some());
    assert!(on_path("no-such-program-anywhere").is_none());
}
