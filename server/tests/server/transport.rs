//! Every way to bring a request here, and every way to spoil one.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Ask, Reply, configured, dev, dev_with, send};
use crate::tiny;

fn request(ask: &Ask, authority: &str) -> http::Request<Full<Bytes>> {
    let mut ask = ask.clone();
    ask.headers.push(("host".into(), authority.to_owned()));
    ask.sign(aws_sigv4::http_request::SignatureLocation::Headers);
    let mut request = http::Request::builder().method("POST").uri(format!("http://{authority}/"));
    for (name, value) in ask.headers.iter().filter(|(name, _)| name != "host") {
        request = request.header(name, value);
    }
    request.body(Full::new(Bytes::from(ask.body))).unwrap()
}

#[tokio::test]
async fn http2_with_prior_knowledge_carries_many_requests_at_once() {
    let server = dev().await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let io = TokioIo::new(stream);
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let authority = server.address.to_string();
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..100 {
        let text = format!("number {number}");
        let request = request(&Ask::say(&text), &authority);
        let mut sender = sender.clone();
        asked.spawn(async move {
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.status(), 200);
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let reply: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(reply["Text"], text);
        });
    }
    assert!(asked.join_all().await.len() == 100);
}

#[tokio::test]
async fn tls_with_a_generated_certificate_offers_both_versions_of_http() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = configured(&[
        ("data_dir", data.to_str().unwrap()),
        ("tls", "true"),
        ("metrics_listen", "127.0.0.1:0"),
    ]);
    let server = strongroom::compose::start(&config, tiny::build).await.unwrap();
    assert!(server.endpoint.starts_with("https://127.0.0.1:"));

    let authority = CertificateDer::from_pem_file(data.join("tls/ca.pem")).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority).unwrap();
    for (offered, spoken) in [("h2", "h2"), ("http/1.1", "http/1.1")] {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut client = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        client.alpn_protocols = vec![offered.as_bytes().to_vec()];
        let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
        let stream = TcpStream::connect(server.address).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let stream = connector.connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(spoken.as_bytes()));
        let request = b"GET /_strongroom/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        if offered == "http/1.1" {
            let mut stream = stream;
            stream.write_all(request).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            assert_eq!(Reply::parse(&answer).status, 200);
        }
    }
    let figures = b"GET /_strongroom/metrics HTTP/1.1\r\nhost: x\r\n\r\n";
    let figures = send(server.metrics_address.unwrap(), figures).await.body;
    let ends = server.certificate().unwrap().ends().seconds();
    let line = format!("strongroom_tls_certificate_expiry_timestamp_seconds {ends}");
    assert!(figures.lines().any(|one| one == line), "{line} is missing from {figures}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn requests_on_one_connection_are_answered_in_order() {
    let server = dev().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let last = Ask::say("second").signed(server.address);
    let first = String::from_utf8(Ask::say("first").signed(server.address)).unwrap();
    let first = first.replace("connection: close\r\n", "");
    stream.write_all(&[first.as_bytes(), &last].concat()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (one, two) = (answer.find("first").unwrap(), answer.find("second").unwrap());
    assert!(one < two, "{answer}");
}

#[tokio::test]
async fn what_is_no_http_is_refused_and_the_server_lives_on() {
    let server = dev().await;
    for (bytes, status) in [
        (&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], 400),
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n", 400),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        assert_eq!(Reply::parse(&answer).status, status, "{bytes:?}");
    }
    assert_eq!(Ask::who_am_i().of(&server).await.status, 200);
}

#[tokio::test]
async fn headers_beyond_the_limit_are_refused() {
    let server = dev().await;
    let mut long = Ask::who_am_i();
    long.headers.push(("x-long".into(), "x".repeat(100_000)));
    assert_eq!(send(server.address, &long.unsigned(server.address)).await.status, 431);
    let mut many = Ask::who_am_i();
    for number in 0..200 {
        many.headers.push((format!("x-{number}"), "x".into()));
    }
    assert_eq!(send(server.address, &many.unsigned(server.address)).await.status, 431);
}

#[tokio::test]
async fn a_request_that_ends_too_early_is_never_performed() {
    let server = dev().await;
    let bytes = Ask::say("the whole of it").signed(server.address);
    for end in [bytes.len() - 1, bytes.len() - 10, bytes.len() / 2, 20] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&bytes[..end]).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        assert_ne!(Reply::parse(&answer).status, 200, "cut at {end}");
    }
    assert_eq!(server.foundation.trail.position().sequence, 0);
}

#[tokio::test]
async fn a_body_in_chunks_is_read_like_any_other() {
    let server = dev().await;
    let signed = String::from_utf8(Ask::say("hello").signed(server.address)).unwrap();
    let (head, body) = signed.split_once("\r\n\r\n").unwrap();
    let head =
        head.replace(&format!("content-length: {}", body.len()), "transfer-encoding: chunked");
    let (one, two) = body.split_at(5);
    let (first, second) = (one.len(), two.len());
    let text = format!("{head}\r\n\r\n{first:x}\r\n{one}\r\n{second:x}\r\n{two}\r\n0\r\n\r\n");
    let reply = send(server.address, text.as_bytes()).await;
    assert_eq!(reply.json()["Text"], "hello");
}

#[tokio::test]
async fn a_slow_body_is_given_up() {
    let server = dev_with(&[("body_seconds", "1")]).await;
    let bytes = Ask::say("hello").signed(server.address);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&bytes[..bytes.len() - 1]).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let reply = Reply::parse(&answer);
    assert_eq!((reply.status, reply.code().as_str()), (408, "RequestTimeoutException"));
}

#[tokio::test]
async fn a_head_that_never_ends_and_a_connection_that_does_nothing_are_given_up() {
    let server = dev_with(&[("head_seconds", "1"), ("idle_seconds", "1")]).await;
    for start in [&b"POST / HTTP/1.1\r\nhost: "[..], b""] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(start).await.unwrap();
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer));
        let _reset = closed.await.expect("the server must close the connection");
        assert_eq!(answer, b"");
    }
}

#[tokio::test]
async fn beyond_the_limit_connections_wait_for_their_turn() {
    let server = dev_with(&[("max_connections", "1")]).await;
    let first = TcpStream::connect(server.address).await.unwrap();
    let address = server.address;
    let bytes = Ask::who_am_i().signed(address);
    let second = tokio::spawn(async move { send(address, &bytes).await });
    // The first connection is accepted before the second is: they queue in order.
    drop(first);
    assert_eq!(second.await.unwrap().status, 200);
}
