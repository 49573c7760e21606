//! Follows Strongroom's change feed, so that a changed secret is never served old.
//!
//! `GET /_strongroom/events` is a stream of server-sent events: `id:` names the place to resume from,
//! `data:` is JSON in the shape of EventBridge, whose `resources` are the ARNs that changed.

mod lines;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;
use strongroom_client::{Client, Error, Machine, Request, SECRETS_MANAGER};
use zeroize::Zeroizing;

use crate::reader::Reader;
use crate::wanted::{Question, Wanted};
use lines::{Event, Lines};

/// Where the feed is.
pub const PATH: &str = "/_strongroom/events";

const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// What changes while nobody listens is told only afterwards.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Where there is no feed, or none for this identity, there may be one later.
const ASK_AGAIN: Duration = Duration::from_secs(300);
/// Without a word for so long the connection counts as broken; the server says something every 15 s.
const SILENCE: Duration = Duration::from_secs(60);
/// How many values are fetched anew at once.
const AT_ONCE: usize = 8;

/// What is heard from the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// These ARNs changed.
    Changed(Vec<String>),
    /// Something may have been missed.
    Gap,
}

/// A place in the feed, and the way to go on from there.
pub struct Feed {
    client: Client,
    last_id: Option<String>,
    pause: Duration,
    /// Whether a server that has no feed is to be asked again.
    is_wanted: bool,
}

/// The feed is not offered.
pub struct NotOffered;

impl Feed {
    /// The feed of `client`'s endpoint.
    #[must_use]
    pub fn new(client: Client, is_wanted: bool) -> Self {
        Self { client, last_id: None, pause: FIRST_PAUSE, is_wanted }
    }

    /// Tells `hear` what happens, for as long as there is a feed.
    pub async fn follow(&mut self, mut hear: impl FnMut(Heard)) -> NotOffered {
        loop {
            match self.listen(&mut hear).await {
                // A server with other data does not know the place: it is asked for a new one.
                Err(error) if error.status() == 400 && self.last_id.take().is_some() => {}
                Ok(()) => tracing::debug!("the change feed has ended"),
                Err(error) if is_not_offered(&error) && !self.is_wanted => return NotOffered,
                Err(error) => tracing::debug!(%error, "the change feed cannot be followed"),
            }
            let millis = u64::try_from(self.pause.as_millis()).unwrap_or(u64::MAX);
            let pause = self.client.machine().below(millis) + millis / 2;
            tokio::time::sleep(Duration::from_millis(pause)).await;
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn listen(&mut self, hear: &mut impl FnMut(Heard)) -> Result<(), Error> {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(value) = self.last_id.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
            headers.insert(HeaderName::from_static("last-event-id"), value);
        }
        let request = Request {
            service: SECRETS_MANAGER,
            method: Method::GET,
            target: PATH.to_owned(),
            headers,
            body: Zeroizing::default(),
        };
        let mut stream = self.client.open(&request).await?;
        if self.last_id.is_none() {
            // Whatever was read before anyone listened may have changed meanwhile.
            hear(Heard::Gap);
        }
        let mut lines = Lines::default();
        loop {
            let Ok(next) = tokio::time::timeout(SILENCE, stream.next()).await else {
                return Ok(());
            };
            let Some(bytes) = next? else { return Ok(()) };
            for event in lines.push(&bytes) {
                self.pause = FIRST_PAUSE;
                if let Some(id) = &event.id {
                    self.last_id = Some(id.clone());
                }
                if let Some(heard) = understood(&event) {
                    hear(heard);
                }
            }
        }
    }
}

fn is_not_offered(error: &Error) -> bool {
    matches!(error.status(), 400 | 401 | 403 | 404 | 405 | 501)
}

/// An event in the shape of EventBridge, as far as it matters here.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    detail: Detail,
}

#[derive(Deserialize, Default)]
struct Detail {
    #[serde(default, rename = "readOnly")]
    is_read_only: bool,
}

fn understood(event: &Event) -> Option<Heard> {
    if matches!(event.name.as_str(), "gap" | "reset") || event.is_cut {
        return Some(Heard::Gap);
    }
    if event.data.is_empty() {
        return None;
    }
    match serde_json::from_str::<Told>(&event.data) {
        // Reading changes nothing; taken for a change it would make us read for ever.
        Ok(told) if told.detail.is_read_only => None,
        Ok(told) if told.resources.is_empty() => None,
        Ok(told) => Some(Heard::Changed(told.resources)),
        Err(_) => Some(Heard::Gap),
    }
}

/// Keeps a reader's values true to the feed: what changed is forgotten at once and fetched anew; after a
/// gap everything is asked for again.
pub async fn keep_true(client: Client, reader: Arc<Reader>, is_wanted: bool) {
    let machine = Arc::clone(client.machine());
    let mut feed = Feed::new(client, is_wanted);
    loop {
        let NotOffered = feed.follow(|heard| forget(&reader, &machine, &heard)).await;
        tracing::info!("there is no change feed: values are asked for again after their time");
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

fn forget(reader: &Arc<Reader>, machine: &Arc<dyn Machine>, heard: &Heard) {
    let gone = match heard {
        Heard::Changed(arns) => reader.invalidate(arns),
        Heard::Gap => reader.doubt_all(),
    };
    if !gone.is_empty() {
        tracing::debug!(values = gone.len(), "changed values are read anew");
        tokio::spawn(read_anew(Arc::clone(reader), gone, Arc::clone(machine)));
    }
}

async fn read_anew(reader: Arc<Reader>, gone: Vec<Wanted>, machine: Arc<dyn Machine>) {
    // All agents hear of a change in the same moment.
    tokio::time::sleep(Duration::from_millis(machine.below(200))).await;
    futures_util::stream::iter(gone)
        .for_each_concurrent(AT_ONCE, |wanted| {
            let reader = Arc::clone(&reader);
            async move {
                let question = Question { wanted, refresh_now: false };
                let _refused = reader.read(&question).await;
            }
        })
        .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.to_owned(), data: data.to_owned(), ..Event::default() }
    }

    #[test]
    fn a_change_names_its_resources() {
        let changed = r#"{"source":"aws.secretsmanager","resources":["arn:a"],"detail":{"eventName":"PutSecretValue"}}"#;
        let expected = Some(Heard::Changed(vec!["arn:a".to_owned()]));
        assert_eq!(understood(&event("", changed)), expected);
    }

    #[test]
    fn reading_is_no_change() {
        let read = r#"{"resources":["arn:a"],"detail":{"readOnly":true}}"#;
        assert_eq!(understood(&event("", read)), None);
        assert_eq!(understood(&event("", "")), None);
    }

    #[test]
    fn what_is_not_understood_may_have_been_a_change() {
        assert_eq!(understood(&event("", "{")), Some(Heard::Gap));
        assert_eq!(understood(&event("gap", "")), Some(Heard::Gap));
        let cut = Event { is_cut: true, ..Event::default() };
        assert_eq!(understood(&cut), Some(Heard::Gap));
    }
}
