//! The agent over its sockets: checks, limits, and what is told of each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::json;
use strongroom_agent::answer::Refusal;
use strongroom_agent::config::{self, Config};
use strongroom_agent::desk::Desk;
use strongroom_agent::gate::Gate;
use strongroom_agent::listeners::{self, Counter};
use strongroom_agent::reader::Reader;
use strongroom_agent::upstream::{Body, Shared, Upstream};
use strongroom_client::{Providing, ThisMachine, Variables};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use zeroize::Zeroizing;

/// A service in which every secret's value is `hunter2`, except that `gone` is not there.
struct Service;

impl Upstream for Service {
    fn ask<'a>(
        &'a self,
        _: Option<&'a str>,
        _: &'a str,
        body: Vec<u8>,
    ) -> Providing<'a, Result<Body, Refusal>> {
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let id = body["SecretId"].as_str().unwrap_or_default().to_owned();
        Box::pin(async move {
            if id == "gone" {
                let text = "Secrets Manager can't find the specified secret.";
                return Err(Refusal::coded(400, "ResourceNotFoundException", text));
            }
            let value = json!({"ARN": format!("arn:{id}"), "Name": id, "VersionId": "v", "SecretString": "hunter2"});
            Ok(Zeroizing::new(value.to_string().into_bytes()))
        })
    }
}

/// An agent on a free port.
async fn agent(text: &str) -> SocketAddr {
    let variables: Variables = Arc::new(|name| (name == "AWS_TOKEN").then(|| "sesame".to_owned()));
    let config = config::parse(text, &variables).unwrap();
    let desk = desk(&config, &variables);
    let listener = listeners::tcp("127.0.0.1:0".parse().unwrap(), 1).await.unwrap();
    let address = listener.address().unwrap();
    tokio::spawn(listener.serve(desk, Counter::new(config.max_connections), true));
    address
}

fn desk(config: &Config, variables: &Variables) -> Arc<Desk> {
    let gate = Gate::open(config, variables, &ThisMachine).unwrap();
    let upstream: Shared = Arc::new(Service);
    let reader = Arc::new(Reader::new(config, upstream, ThisMachine::shared(), None));
    Arc::new(Desk::new(config, gate, reader, None))
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> (u16, String) {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A server that has said all may close before it has read all.
    let _reset = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let status = text.split(' ').nth(1).map_or(0, |code| code.parse().unwrap());
    (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

async fn ask(address: SocketAddr, line: &str, headers: &str) -> (u16, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    let host = if headers.contains("host:") { "" } else { "host: localhost:2773\r\n" };
    let request = format!("{line} HTTP/1.1\r\n{host}connection: close\r\n{headers}\r\n");
    exchange(stream, &request).await
}

const TOKEN: &str = "X-Aws-Parameters-Secrets-Token: sesame\r\n";

fn plain(status: u16, text: &str) -> (u16, String) {
    (status, text.to_owned())
}

#[tokio::test]
async fn a_secret_is_read_with_the_token_by_either_path() {
    let address = agent("").await;
    for target in ["/secretsmanager/get?secretId=prod%2Fdb", "/v1/prod/db"] {
        let (status, body) = ask(address, &format!("GET {target}"), TOKEN).await;
        assert_eq!(status, 200);
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (value["Name"].as_str(), value["SecretString"].as_str()),
            (Some("prod/db"), Some("hunter2"))
        );
    }
}

#[tokio::test]
async fn checks_come_in_aws_s_order() {
    let address = agent("").await;
    let forwarded = "X-Forwarded-For: 10.0.0.1\r\n";
    let get = "GET /v1/db";
    assert_eq!(ask(address, "GET /ping", "").await, plain(200, "healthy"));
    assert_eq!(ask(address, "GET /ping", forwarded).await, plain(400, "Forwarded"));
    assert_eq!(ask(address, get, forwarded).await, plain(400, "Forwarded"));
    assert_eq!(ask(address, get, "").await, plain(403, "Bad Token"));
    assert_eq!(ask(address, get, "X-Vault-Token: sesamE\r\n").await, plain(403, "Bad Token"));
    assert_eq!(ask(address, "POST /v1/db", "").await, plain(403, "Bad Token"));
    assert_eq!(ask(address, "POST /v1/db", TOKEN).await, plain(405, "Not allowed"));
    assert_eq!(ask(address, "GET /other", TOKEN).await, plain(404, "Not found"));
    assert_eq!(ask(address, "GET /latest/meta-data/", TOKEN).await, plain(404, "Not found"));
    let unknown = plain(400, "unknown parameter: x");
    assert_eq!(ask(address, "GET /v1/db?x=1", TOKEN).await, unknown);
}

#[tokio::test]
async fn a_foreign_host_is_not_answered() {
    let address = agent("").await;
    for host in ["evil.example", "evil.example:2773", "localhost.evil.example", "10.0.0.1"] {
        let headers = format!("{TOKEN}host: {host}\r\n");
        assert_eq!(ask(address, "GET /v1/db", &headers).await, plain(403, "Bad Host"), "{host}");
    }
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1:2773", "[::1]:2773"] {
        let headers = format!("{TOKEN}host: {host}\r\n");
        assert_eq!(ask(address, "GET /v1/db", &headers).await.0, 200, "{host}");
    }
    let absolute = "GET http://evil.example/v1/db";
    assert_eq!(ask(address, absolute, TOKEN).await, plain(403, "Bad Host"));
}

#[tokio::test]
async fn what_the_service_refused_is_told_in_its_words() {
    let address = agent("").await;
    let (status, body) = ask(address, "GET /v1/gone", TOKEN).await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, body["__type"].as_str()), (400, Some("ResourceNotFoundException")));
}

#[tokio::test]
async fn a_request_too_long_is_refused() {
    let address = agent("").await;
    let target = format!("GET /v1/{}", "a".repeat(64 << 10));
    let (status, _) = ask(address, &target, TOKEN).await;
    assert!(matches!(status, 0 | 414 | 431), "{status}");
    let header = format!("{TOKEN}x: {}\r\n", "a".repeat(64 << 10));
    let (status, _) = ask(address, "GET /v1/db", &header).await;
    assert!(matches!(status, 0 | 431), "{status}");
    assert_eq!(ask(address, "GET /ping", "").await.0, 200);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_told_so() {
    let address = agent("max_conn = 1").await;
    let held = TcpStream::connect(address).await.unwrap();
    // The first is counted once it is accepted, which a request on it proves.
    let mut held = held;
    held.write_all(b"GET /ping HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    held.read_exact(&mut [0; 12]).await.unwrap();
    assert_eq!(ask(address, "GET /ping", "").await, plain(429, "Connection limit exceeded"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_more_is_asked_ends() {
    let address = agent("").await;
    for request in
        ["", "GET /ping HTTP/1.1\r\nhost: ", "GET /ping HTTP/1.1\r\nhost: localhost\r\n\r\n"]
    {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // The clock goes on by itself once everybody waits.
        stream.read_to_end(&mut bytes).await.unwrap();
    }
}

#[tokio::test]
async fn a_user_known_to_the_unix_socket_needs_no_token_and_reads_what_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.sock");
    let uid = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(folder.path()).unwrap());
    let text = format!("[[clients]]\nname = 'me'\nuid = {uid}\nallow = ['prod/*']");
    let variables: Variables = Arc::new(|name| (name == "AWS_TOKEN").then(|| "sesame".to_owned()));
    let config = config::parse(&text, &variables).unwrap();
    let listener = listeners::unix(&path).unwrap();
    tokio::spawn(listener.serve(desk(&config, &variables), Counter::new(10), true));
    let mut seen = Vec::new();
    for target in ["/v1/prod/db", "/v1/dev/db"] {
        let stream = UnixStream::connect(&path).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nhost: agent\r\nconnection: close\r\n\r\n");
        seen.push(exchange(stream, &request).await.0);
    }
    assert_eq!(seen, [200, 403]);
}

#[tokio::test]
async fn other_hosts_cannot_connect() {
    for address in ["0.0.0.0:0", "10.0.0.1:0", "[::]:0"] {
        assert!(listeners::tcp(address.parse().unwrap(), 1).await.is_err(), "{address}");
    }
}
