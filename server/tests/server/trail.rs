//! The trail of a running server: its digests, where else it goes, and what is told of changes.

use std::time::Duration;

use serde_json::{Value, json};
use strongroom::compose::{self, Running};
use strongroom::feed::webhook::signature;
use strongroom::keeper::{self, Memory};
use strongroom::services;
use strongroom_trail::{Expectations, verify};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Ask, Reply, configured};

async fn whole(settings: &[(&'static str, &str)]) -> Running {
    compose::start(&configured(settings), services::build).await.unwrap()
}

async fn dev(more: &[(&'static str, &str)]) -> Running {
    let mut settings = vec![("dev", "true")];
    settings.extend(more);
    whole(&settings).await
}

fn ask(operation: &str, body: &Value) -> Ask {
    let target = format!("secretsmanager.{operation}");
    Ask { service: "secretsmanager", ..Ask::json(&target, &body.to_string()) }
}

async fn create(server: &Running, name: &str) -> Reply {
    let token = "11111111-2222-3333-4444-555555555555";
    let body = json!({"Name": name, "SecretString": "hunter2", "ClientRequestToken": token});
    ask("CreateSecret", &body).of(server).await
}

/// Looks again until `found` finds something.
async fn until<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = found() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking).await.expect("it never comes")
}

struct Listening(BufReader<TcpStream>);

impl Listening {
    async fn to(server: &Running, query: &str, key: &'static str) -> Self {
        let ask = Ask {
            method: "GET",
            target: format!("/_strongroom/events{query}"),
            headers: Vec::new(),
            service: "secretsmanager",
            key,
            ..ask("", &json!({}))
        };
        let ask = Ask { body: Vec::new(), ..ask };
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&ask.signed(server.address)).await.unwrap();
        Self(BufReader::new(stream))
    }

    /// The next line that begins so.
    async fn next(&mut self, start: &str) -> String {
        let reading = async {
            loop {
                let mut line = String::new();
                assert!(self.0.read_line(&mut line).await.unwrap() > 0, "the stream has ended");
                if let Some(rest) = line.strip_prefix(start) {
                    return rest.trim_end().to_owned();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), reading).await.expect("it never comes")
    }

    async fn event(&mut self) -> (String, Value) {
        let mut id = String::new();
        loop {
            let mut line = String::new();
            let reading = self.0.read_line(&mut line);
            let read = tokio::time::timeout(Duration::from_secs(60), reading).await;
            assert!(read.expect("it never comes").unwrap() > 0, "the stream has ended");
            if let Some(rest) = line.strip_prefix("id: ") {
                id = rest.trim_end().to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return (id, serde_json::from_str(data).unwrap());
            }
        }
    }
}

#[tokio::test]
async fn changes_are_told_as_they_are_made_and_from_a_cursor_on() {
    let server = dev(&[]).await;
    let mut listening = Listening::to(&server, "", "test").await;
    assert!(listening.next("HTTP/1.1 ").await.starts_with("200"));
    listening.next("id: ").await;
    create(&server, "one").await;
    let get = ask("GetSecretValue", &json!({"SecretId": "one"}));
    assert_eq!(get.of(&server).await.status, 200);
    ask("DeleteSecret", &json!({"SecretId": "one"})).of(&server).await;
    let (cursor, created) = listening.event().await;
    assert_eq!(created["detail"]["eventName"], "CreateSecret");
    assert_eq!(created["source"], "aws.secretsmanager");
    assert_eq!(created["detail-type"], "AWS API Call via CloudTrail");
    let arn = created["resources"][0].as_str().unwrap();
    assert!(arn.contains(":secret:one-"), "{arn}");
    assert!(!created.to_string().contains("hunter2"));
    // The read in between is no change. Whoever comes later goes on behind the cursor.
    let (_, begun) = listening.event().await;
    assert_eq!(begun["detail"]["eventName"], "StartSecretVersionDelete");
    assert_eq!(begun["detail-type"], "AWS Service Event via CloudTrail");
    let (_, deleted) = listening.event().await;
    assert_eq!(deleted["detail"]["eventName"], "DeleteSecret");
    assert_eq!((&begun["resources"][0], &deleted["resources"][0]), (&json!(arn), &json!(arn)));
    let mut later = Listening::to(&server, &format!("?after={cursor}"), "test").await;
    assert_eq!(later.event().await.1["id"], begun["id"]);
    assert_eq!(later.event().await.1["id"], deleted["id"]);
    let mut from_start = Listening::to(&server, "?after=oldest", "test").await;
    assert_eq!(from_start.event().await.1["id"], created["id"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_is_told_of_secrets_of_other_accounts_or_without_a_signature() {
    let server = dev(&[]).await;
    create(&server, "mine").await;
    let mut stranger = Listening::to(&server, "?after=oldest", "222233334444").await;
    stranger.next("id: ").await;
    let foreign = Ask {
        key: "222233334444",
        ..ask(
            "CreateSecret",
            &json!({"Name": "theirs", "SecretString": "x", "ClientRequestToken": "11111111-2222-3333-4444-555555555556"}),
        )
    };
    assert_eq!(foreign.of(&server).await.status, 200);
    let (_, event) = stranger.event().await;
    assert_eq!(event["account"], "222233334444");
    let mut unsigned = TcpStream::connect(server.address).await.unwrap();
    unsigned
        .write_all(b"GET /_strongroom/events HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    unsigned.read_to_end(&mut answer).await.unwrap();
    assert!(Reply::parse(&answer).status >= 400);
    let mut wrong = Listening::to(&server, "?after=00", "test").await;
    assert!(wrong.next("HTTP/1.1 ").await.starts_with("400"));
    server.stop().await.unwrap();
}

/// One request, answered with `status`.
async fn answered(listener: &TcpListener, status: &str) -> Reply {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut got = Vec::new();
    loop {
        let mut piece = [0; 4_096];
        let read = stream.read(&mut piece).await.unwrap();
        got.extend_from_slice(&piece[..read]);
        let reply = Reply::parse(&got);
        let length = reply.header("content-length").and_then(|length| length.parse().ok());
        if read == 0 || length.is_some_and(|length: usize| reply.body.len() >= length) {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            return reply;
        }
    }
}

#[tokio::test]
async fn a_webhook_is_told_until_it_takes_a_change_and_can_check_who_tells() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "sesame\n").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let settings = [("webhook_url", &*url), ("webhook_secret_file", secret.to_str().unwrap())];
    let server = dev(&settings).await;
    // The webhook tells what is changed after it has found its place.
    tokio::time::sleep(Duration::from_millis(50)).await;
    create(&server, "told").await;
    let refused = answered(&listener, "500 No").await;
    let taken = answered(&listener, "204 Taken").await;
    for told in [&refused, &taken] {
        assert_eq!(told.json()["detail"]["eventName"], "CreateSecret");
        let time = told.header("x-strongroom-timestamp").unwrap();
        let expected = signature(b"sesame", time, &told.body);
        assert_eq!(told.header("x-strongroom-signature"), Some(&*expected));
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn records_are_shipped_to_a_file_as_they_stand_in_the_trail() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.jsonl");
    let sink = format!("file:{},full=drop", file.display());
    let server = dev(&[("trail_sinks", &sink)]).await;
    create(&server, "shipped").await;
    let lines = until(|| {
        let text = std::fs::read_to_string(&file).ok()?;
        text.contains("\"CreateSecret\"").then_some(text)
    })
    .await;
    for (line, entry) in lines.lines().zip(server.foundation.trail.read_from(1)) {
        assert_eq!(line.as_bytes(), entry.unwrap().line);
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_sink_that_blocks_lets_calls_fail_when_it_is_too_far_behind() {
    // A port that nobody listens at any more.
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let sink = format!("syslog+tcp://127.0.0.1:{port},full=block,spool=3");
    let server = dev(&[("trail_sinks", &sink)]).await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(Ask::who_am_i().of(&server).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 500, 500]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_sink_that_drops_says_in_the_trail_what_it_did_not_get() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let sink = format!("syslog+tcp://127.0.0.1:{port},full=drop,spool=3");
    let server = dev(&[("trail_sinks", &sink)]).await;
    for _ in 0..8 {
        assert_eq!(Ask::who_am_i().of(&server).await.status, 200);
    }
    let trail = &server.foundation.trail;
    let told = until(|| {
        let lines = trail.read_from(1).map(|entry| entry.unwrap().event());
        let mut records = lines.map(|line| serde_json::from_slice::<Value>(&line).unwrap());
        records.find(|record| record["eventName"] == "TrailRecordsDropped")
    })
    .await;
    assert_eq!(told["serviceEventDetails"]["firstRecord"], 1);
    server.stop().await.unwrap();
}

/// What the store remembers of the latest digest, as soon as it does.
async fn remembered(server: &Running) -> Memory {
    let looking = async {
        loop {
            if let Some(memory) = keeper::memory(&server.foundation.records).await.unwrap() {
                return memory;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking).await.expect("it never comes")
}

#[tokio::test]
async fn records_that_were_cut_off_since_the_last_digest_are_missed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings = [("data_dir", data.to_str().unwrap())];
    let server = whole(&settings).await;
    remembered(&server).await;
    for _ in 0..3 {
        server.foundation.trail.append(br#"{"eventName":"Something"}"#).unwrap();
    }
    let reached = server.foundation.trail.position();
    server.stop().await.unwrap();
    let trail = data.join("trail");
    std::fs::remove_file(trail.join("head.json")).unwrap();
    let segment = std::fs::read_dir(&trail).unwrap().map(|file| file.unwrap().path());
    let segment = segment.into_iter().find(|path| path.extension().is_some_and(|e| e == "jsonl"));
    let segment = segment.unwrap();
    let lines = std::fs::read_to_string(&segment).unwrap();
    let (kept, _) = lines.trim_end().rsplit_once('\n').unwrap();
    std::fs::write(&segment, format!("{kept}\n")).unwrap();
    // Nothing in the folder tells of it.
    assert_eq!(verify(&trail, &Expectations::default()).unwrap().problem, None);
    let expected = Expectations { head: Some(reached), ..Expectations::default() };
    assert!(verify(&trail, &expected).unwrap().problem.is_some());
    let refused = compose::start(&configured(&settings), services::build).await;
    let message = refused.err().map(|failure| failure.to_string()).unwrap_or_default();
    assert!(message.contains("rolled back"), "{message}");
}

#[tokio::test]
async fn a_server_signs_digests_and_refuses_a_trail_that_was_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings = [("data_dir", data.to_str().unwrap())];
    let server = whole(&settings).await;
    server.foundation.trail.append(br#"{"eventName":"Something"}"#).unwrap();
    let memory = remembered(&server).await;
    server.stop().await.unwrap();
    let report = verify(&data.join("trail"), &Expectations::default()).unwrap();
    assert_eq!((report.digests, report.problem), (1, None));
    assert_eq!(report.last_digest.unwrap().signature, memory.signature);
    for file in std::fs::read_dir(data.join("trail/digests")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let refused = compose::start(&configured(&settings), services::build).await;
    let message = refused.err().map(|failure| failure.to_string()).unwrap_or_default();
    assert!(message.contains("rolled back"), "{message}");
}
