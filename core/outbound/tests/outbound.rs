//! Requests to a listener on this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use strongroom_outbound::{Fault, Limits, Networks, Outbound, Roots};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

fn outbound(allowed: Networks) -> Outbound {
    Outbound::new(Roots::none(), allowed).unwrap()
}

/// A listener that answers one request with `answer` and tells what it was asked.
async fn listener(answer: &'static str) -> (u16, JoinHandle<String>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = socket.accept().await.unwrap();
        let asked = read(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        asked
    });
    (port, asked)
}

/// Reads until the body `hello` is there.
async fn read(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut asked = Vec::new();
    while !asked.ends_with(b"hello") {
        let mut buffer = [0; 1_024];
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the request ended early");
        asked.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8(asked).unwrap()
}

const HELLO: Bytes = Bytes::from_static(b"hello");

#[tokio::test]
async fn a_message_is_posted_with_its_headers_and_credentials() {
    let (port, asked) = listener("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok").await;
    let url = format!("http://anna:w%20rd@127.0.0.1:{port}/path?x=1");
    let response = outbound(Networks::loopback())
        .post(&url, &[("x-kind", "test")], HELLO, &Limits::default())
        .await
        .unwrap();
    assert_eq!((response.status.as_u16(), &response.body[..]), (202, &b"ok"[..]));
    let asked = asked.await.unwrap().to_ascii_lowercase();
    assert!(asked.starts_with("post /path?x=1 http/1.1\r\n"), "{asked}");
    assert!(asked.contains(&format!("host: 127.0.0.1:{port}\r\n")), "{asked}");
    assert!(asked.contains("x-kind: test\r\n"), "{asked}");
    assert!(asked.contains("authorization: basic yw5uytp3ihjk\r\n"), "{asked}");
    assert!(asked.contains("content-length: 5\r\n"), "{asked}");
}

#[tokio::test]
async fn addresses_inside_are_refused_without_the_operators_consent() {
    let client = outbound(Networks::default());
    for host in [
        "127.0.0.1",
        "[::1]",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "[::ffff:127.0.0.1]",
        "[fd00:ec2::254]",
        "0.0.0.0",
    ] {
        let url = format!("http://{host}:1/");
        let fault = client.post(&url, &[], HELLO, &Limits::default()).await.unwrap_err();
        assert!(matches!(fault, Fault::Forbidden { .. }), "{host}: {fault}");
    }
    // Consent for one network is none for another.
    let client = outbound(Networks::loopback());
    let fault = client.post("http://10.0.0.1/", &[], HELLO, &Limits::default()).await;
    assert!(matches!(fault, Err(Fault::Forbidden { .. })));
}

#[tokio::test]
async fn what_is_refused_is_refused_whatever_is_allowed() {
    let refused: Networks = "169.254.0.0/16, fd00:ec2::/32".parse().unwrap();
    let client = outbound(Networks::everywhere()).refusing(refused);
    for host in ["169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::254]"] {
        let url = format!("https://{host}:1/");
        let fault = client.post(&url, &[], HELLO, &Limits::default()).await.unwrap_err();
        assert!(matches!(fault, Fault::Refused { .. }), "{host}: {fault}");
    }
    let (port, _asked) = listener("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let url = format!("http://127.0.0.1:{port}/");
    assert!(client.post(&url, &[], HELLO, &Limits::default()).await.is_ok());
}

#[tokio::test]
async fn without_tls_requests_can_be_kept_on_this_machine() {
    let client = outbound(Networks::everywhere()).with_tls_beyond_this_machine();
    for host in ["10.0.0.1", "8.8.8.8", "[2600::1]"] {
        let url = format!("http://{host}/");
        let fault = client.post(&url, &[], HELLO, &Limits::default()).await.unwrap_err();
        assert!(matches!(fault, Fault::Plain { .. }), "{host}: {fault}");
    }
    let (port, _asked) = listener("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let url = format!("http://localhost:{port}/");
    assert!(client.post(&url, &[], HELLO, &Limits::default()).await.is_ok());
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let answer = "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n";
    let (port, _asked) = listener(answer).await;
    let url = format!("http://127.0.0.1:{port}/");
    let client = outbound(Networks::loopback());
    let response = client.post(&url, &[], HELLO, &Limits::default()).await.unwrap();
    assert_eq!(response.status.as_u16(), 302);
}

#[tokio::test]
async fn an_answer_that_never_comes_or_never_ends_is_given_up() {
    let client = outbound(Networks::loopback());
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    let limits = Limits { patience: Duration::from_millis(50), ..Limits::default() };
    let fault = client.post(&url, &[], HELLO, &limits).await.unwrap_err();
    assert!(matches!(fault, Fault::TooSlow), "{fault}");

    let (port, _asked) = listener("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n0123456789").await;
    let url = format!("http://127.0.0.1:{port}/");
    let limits = Limits { body_bytes: 5, ..Limits::default() };
    let fault = client.post(&url, &[], HELLO, &limits).await.unwrap_err();
    assert!(matches!(fault, Fault::TooLong), "{fault}");
}

#[tokio::test]
async fn what_is_no_http_is_a_fault() {
    let client = outbound(Networks::loopback());
    for answer in ["SSH-2.0-x\r\n\r\n", ""] {
        let (port, _asked) = listener(answer).await;
        let url = format!("http://127.0.0.1:{port}/");
        let fault = client.post(&url, &[], HELLO, &Limits::default()).await.unwrap_err();
        assert!(matches!(fault, Fault::Exchange(_)), "{fault}");
    }
    for url in ["", "x", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:0/"] {
        let fault = client.post(url, &[], HELLO, &Limits::default()).await.unwrap_err();
        assert!(matches!(fault, Fault::Url), "{url}: {fault}");
    }
    let header = [("x-bad", "a\r\nb: c")];
    let fault = client.post("http://127.0.0.1/", &header, HELLO, &Limits::default()).await;
    assert!(matches!(fault, Err(Fault::Header)));
}

#[tokio::test]
async fn a_certificate_is_trusted_only_if_its_authority_is() {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            rustls_pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", socket.local_addr().unwrap().port());
    tokio::spawn(async move {
        loop {
            let (stream, _) = socket.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            read(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    let stranger = outbound(Networks::loopback());
    let fault = stranger.post(&url, &[], HELLO, &Limits::default()).await.unwrap_err();
    assert!(matches!(fault, Fault::Tls { .. }), "{fault}");
    let roots = Roots::none().and_pem(certificate.pem().as_bytes()).unwrap();
    let friend = Outbound::new(roots, Networks::loopback()).unwrap();
    let response = friend.post(&url, &[], HELLO, &Limits::default()).await.unwrap();
    assert_eq!(response.status.as_u16(), 200);
    assert!(Roots::none().and_pem(b"nothing").is_err());
}
