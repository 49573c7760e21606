//! What is begun is finished: when the server stops, and when the client hangs up.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Ask, Reply, dev, dev_with, send};

fn slow_say(millis: u64) -> Ask {
    let body = format!("{{\"Text\": \"hello\", \"WaitMillis\": {millis}}}");
    Ask::json("Echo_20260101.Say", &body)
}

#[tokio::test]
async fn a_server_that_stops_finishes_what_it_has_begun() {
    let server = dev().await;
    let address = server.address;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    stream.write_all(&slow_say(500).signed(address)).await.unwrap();
    begun(&server).await;
    let trail = std::sync::Arc::clone(&server.foundation.trail);
    assert_eq!(server.stop().await.unwrap(), 0);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(Reply::parse(&answer).status, 200);
    assert_eq!(trail.position().sequence, 1);
    assert_eq!(idle.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut_off() {
    let server = dev_with(&[("drain_seconds", "1")]).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&slow_say(3_600_000).signed(server.address)).await.unwrap();
    begun(&server).await;
    assert_eq!(server.stop().await.unwrap(), 1);
}

#[tokio::test]
async fn a_call_is_finished_and_recorded_even_if_the_client_hangs_up() {
    let server = dev().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&slow_say(300).signed(server.address)).await.unwrap();
    begun(&server).await;
    stream.set_zero_linger().unwrap();
    drop(stream);
    let trail = std::sync::Arc::clone(&server.foundation.trail);
    server.stop().await.unwrap();
    assert_eq!(trail.position().sequence, 1);
}

#[tokio::test]
async fn a_request_that_only_half_arrived_does_not_keep_a_server_from_stopping() {
    let server = dev_with(&[("drain_seconds", "86400")]).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    assert_eq!(server.stop().await.unwrap(), 0);
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn figures_tell_what_was_asked() {
    let server = dev_with(&[("metrics_listen", "127.0.0.1:0")]).await;
    Ask::say("x").of(&server).await;
    Ask::json("Echo_20260101.Say", "{}").of(&server).await;
    let address = server.metrics_address.unwrap();
    let reply = send(address, b"GET /_strongroom/metrics HTTP/1.1\r\nhost: x\r\n\r\n").await;
    for line in [
        "strongroom_requests_total{service=\"echo\",operation=\"Say\",code=\"OK\"} 1",
        "strongroom_requests_total{service=\"echo\",operation=\"Say\",code=\"ValidationException\"} 1",
        "strongroom_trail_records_total 2",
        "strongroom_trail_failures_total 0",
    ] {
        assert!(reply.body.lines().any(|one| one == line), "{line} is missing from {}", reply.body);
    }
    let elsewhere = send(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(elsewhere.status, 404);
}

/// Waits until a request is in progress.
async fn begun(server: &strongroom::compose::Running) {
    while server.requests_in_progress() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
