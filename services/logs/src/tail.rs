//! Live Tail: sessions that see events as they are taken in.
//!
//! A session collects what it is meant to see, at most [`MOST_EVENTS`] events and [`MOST_BYTES`] at a
//! time; whoever writes them out comes for them once a second. A reader that is too slow misses some,
//! and is told so, but never holds a writer up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use strongroom_api::{Event as Sent, Events, Timestamp};

use crate::chunk::Event;
use crate::group::Group;
use crate::pattern::Pattern;

/// Events of one update; AWS's bound.
const MOST_EVENTS: usize = 500;
/// Bytes of one update.
const MOST_BYTES: usize = 4 << 20;
/// Sessions of one account at the same time; AWS's limit.
const MOST_SESSIONS: usize = 15;
/// Sessions of all accounts.
const MOST_IN_ALL: usize = 240;
/// How long a session lasts; AWS's bound.
const LONGEST_MILLIS: i64 = 3 * 3_600_000;

/// The sessions that are open.
#[derive(Debug, Default)]
pub struct Tails {
    sessions: Mutex<Vec<Arc<Session>>>,
    /// How many there are, for those who only want to know whether there are any.
    open: AtomicUsize,
}

/// What a session is to see.
#[derive(Debug)]
pub struct Wanted {
    /// Whose session it is.
    pub account: String,
    /// Ids and ARNs of the groups.
    pub groups: Vec<(String, String)>,
    /// These streams only.
    pub streams: Option<Vec<String>>,
    /// Streams whose names begin so only.
    pub prefixes: Option<Vec<String>>,
    /// Which messages.
    pub pattern: Pattern,
}

/// An open session.
#[derive(Debug)]
struct Session {
    wanted: Wanted,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    events: Vec<LiveTailSessionLogEvent>,
    bytes: usize,
    sampled: bool,
}

/// An event as a session shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LiveTailSessionLogEvent {
    log_stream_name: String,
    log_group_identifier: String,
    message: String,
    timestamp: i64,
    ingestion_time: i64,
}

/// What a session has seen in the last second.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LiveTailSessionUpdate {
    session_metadata: LiveTailSessionMetadata,
    session_results: Vec<LiveTailSessionLogEvent>,
}

#[derive(Debug, Serialize)]
struct LiveTailSessionMetadata {
    sampled: bool,
}

impl Tails {
    /// Opens a session that says `start` first; `None` if there are too many.
    #[must_use]
    pub fn open(self: &Arc<Self>, wanted: Wanted, start: Vec<u8>, now: Timestamp) -> Option<Tail> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let own = sessions.iter().filter(|one| one.wanted.account == wanted.account).count();
        if own >= MOST_SESSIONS || sessions.len() >= MOST_IN_ALL {
            return None;
        }
        let session = Arc::new(Session { wanted, seen: Mutex::default() });
        sessions.push(Arc::clone(&session));
        self.open.store(sessions.len(), Ordering::Release);
        let ends = now.plus_millis(LONGEST_MILLIS);
        Some(Tail { tails: Arc::clone(self), session, start: Some(start), ends, is_over: false })
    }

    /// Whether anybody looks.
    pub(crate) fn is_any_open(&self) -> bool {
        self.open.load(Ordering::Acquire) > 0
    }

    /// Shows `events` of a stream to those who want to see them.
    pub(crate) fn show(&self, group: &Group, stream: &str, events: &[Event]) {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for session in sessions {
            session.see(group, stream, events);
        }
    }

    fn close(&self, session: &Arc<Session>) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|one| !Arc::ptr_eq(one, session));
        self.open.store(sessions.len(), Ordering::Release);
    }
}

impl Wanted {
    fn has(&self, stream: &str) -> bool {
        let named = |names: &Vec<String>| names.iter().any(|name| name == stream);
        let begun = |names: &Vec<String>| names.iter().any(|name| stream.starts_with(name));
        self.streams.as_ref().is_none_or(named) && self.prefixes.as_ref().is_none_or(begun)
    }
}

impl Session {
    fn see(&self, group: &Group, stream: &str, events: &[Event]) {
        let wanted = &self.wanted;
        let arn = wanted.groups.iter().find(|(id, _)| *id == group.id).map(|(_, arn)| arn);
        let Some(arn) = arn.filter(|_| wanted.has(stream)) else { return };
        for event in events.iter().filter(|event| wanted.pattern.matches(&event.2)) {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.events.len() >= MOST_EVENTS || seen.bytes + event.bytes() > MOST_BYTES {
                seen.sampled = true;
                return;
            }
            seen.bytes += event.bytes();
            seen.events.push(LiveTailSessionLogEvent {
                log_stream_name: stream.to_owned(),
                log_group_identifier: arn.clone(),
                message: event.2.clone(),
                timestamp: event.0,
                ingestion_time: event.1,
            });
        }
    }

    fn update(&self) -> LiveTailSessionUpdate {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen { events, sampled, .. } = std::mem::take(&mut *seen);
        LiveTailSessionUpdate {
            session_metadata: LiveTailSessionMetadata { sampled },
            session_results: events,
        }
    }
}

/// A session's end of the stream; dropping it closes the session.
#[derive(Debug)]
pub struct Tail {
    tails: Arc<Tails>,
    session: Arc<Session>,
    start: Option<Vec<u8>>,
    ends: Timestamp,
    is_over: bool,
}

impl Events for Tail {
    fn pulse(&mut self, now: Timestamp) -> Option<Vec<Sent>> {
        if self.is_over {
            return None;
        }
        let event = |name, payload| Sent { name, is_exception: false, payload };
        if let Some(start) = self.start.take() {
            return Some(vec![event("sessionStart", start)]);
        }
        let mut events = Vec::new();
        if let Ok(update) = serde_json::to_vec(&self.session.update()) {
            events.push(event("sessionUpdate", update));
        }
        if now >= self.ends {
            self.is_over = true;
            let payload = br#"{"message":"The session has timed out."}"#.to_vec();
            let name = "SessionTimeoutException";
            events.push(Sent { name, is_exception: true, payload });
        }
        Some(events)
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.tails.close(&self.session);
    }
}
