//! The change feed against a server that goes away and comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::{Arc, Mutex};

use strongroom_agent::changes::{Feed, Heard, NotOffered};
use strongroom_client::{Client, Credentials, Settings, Static, ThisMachine};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const STREAM: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
const ABSENT: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn change(id: &str, arn: &str) -> String {
    let data = format!(
        r#"{{"source":"aws.secretsmanager","resources":["{arn}"],"detail":{{"eventName":"PutSecretValue"}}}}"#
    );
    format!("id: {id}\ndata: {data}\n\n")
}

/// Gives each connection the next answer, and remembers what was asked.
async fn server(answers: Vec<String>) -> (Client, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 8_192];
            let count = stream.read(&mut bytes).await.unwrap();
            heard.lock().unwrap().push(String::from_utf8_lossy(&bytes[..count]).into_owned());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let key = Static(Credentials::new("AKID", "secret", None));
    let settings = Settings::for_region("eu-central-1").at(&url);
    (Client::new(settings, Arc::new(key), ThisMachine::shared()), asked)
}

#[tokio::test]
async fn a_feed_that_breaks_off_is_taken_up_where_it_ended() {
    let first = format!("{STREAM}: hello\n\n{}", change("41", "arn:a"));
    let second = format!("{STREAM}{}", change("42", "arn:b"));
    let (client, asked) = server(vec![first, second, ABSENT.to_owned()]).await;
    let mut seen = Vec::new();
    let NotOffered = Feed::new(client, false).follow(|heard| seen.push(heard)).await;
    let changed = |arn: &str| Heard::Changed(vec![arn.to_owned()]);
    // Nothing is known of the time before the first connection; after that nothing is missed.
    assert_eq!(seen, [Heard::Gap, changed("arn:a"), changed("arn:b")]);
    let asked = asked.lock().unwrap();
    assert!(asked[0].starts_with("GET /_strongroom/events HTTP/1.1\r\n"), "{asked:?}");
    assert!(asked[0].contains("/eu-central-1/secretsmanager/aws4_request"));
    assert!(!asked[0].contains("last-event-id"));
    assert!(asked[1].contains("last-event-id: 41\r\n"));
    assert!(asked[2].contains("last-event-id: 42\r\n"));
}

#[tokio::test]
async fn without_a_place_to_go_on_from_everything_may_have_changed() {
    let nothing = format!("{STREAM}: hello\n\n");
    let (client, _) = server(vec![nothing.clone(), nothing, ABSENT.to_owned()]).await;
    let mut seen = Vec::new();
    let NotOffered = Feed::new(client, false).follow(|heard| seen.push(heard)).await;
    assert_eq!(seen, [Heard::Gap, Heard::Gap]);
}

#[tokio::test]
async fn a_server_that_does_not_know_the_place_is_asked_for_a_new_one() {
    let unknown = ABSENT.replace("404 Not Found", "400 Bad Request");
    let first = format!("{STREAM}{}", change("41", "arn:a"));
    let (client, asked) = server(vec![first, unknown, STREAM.to_owned(), ABSENT.to_owned()]).await;
    let mut seen = Vec::new();
    let NotOffered = Feed::new(client, false).follow(|heard| seen.push(heard)).await;
    assert_eq!(seen, [Heard::Gap, Heard::Changed(vec!["arn:a".to_owned()]), Heard::Gap]);
    assert!(!asked.lock().unwrap()[2].contains("last-event-id"));
}

#[tokio::test]
async fn a_server_without_a_feed_says_so() {
    let (client, asked) = server(vec![ABSENT.to_owned()]).await;
    let NotOffered = Feed::new(client, false).follow(|_| panic!("nothing was told")).await;
    assert_eq!(asked.lock().unwrap().len(), 1);
}
