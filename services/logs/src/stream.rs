//! A log stream, as it is stored and as replies show it.

use serde::{Deserialize, Serialize};
use strongroom_api::Reply;
use strongroom_records::Record;

use crate::chunk::Tail;
use crate::group::Group;
use crate::name::stream_arn;

/// A log stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// Its number in its group, never used twice.
    pub number: u64,
    /// When it was created, in milliseconds.
    pub created: i64,
    /// The time of its oldest event.
    pub first_event: Option<i64>,
    /// The time of its youngest event.
    pub last_event: Option<i64>,
    /// When events were taken last.
    pub last_ingestion: Option<i64>,
    /// The number that the next event gets.
    pub next_event: u64,
    /// The chunk that the next events may be added to.
    pub tail: Option<Tail>,
    /// How far a source with numbers of its own has been taken in.
    pub taken_to: u64,
}

impl Record for Stream {
    const KIND: &'static str = "log stream";
}

impl Stream {
    /// A new stream without events.
    #[must_use]
    pub fn new(name: &str, number: u64, created: i64) -> Self {
        Self {
            name: name.to_owned(),
            number,
            created,
            first_event: None,
            last_event: None,
            last_ingestion: None,
            next_event: 1,
            tail: None,
            taken_to: 0,
        }
    }

    /// The minute of its last event, by which streams are ordered.
    #[must_use]
    pub fn activity(&self) -> i64 {
        self.last_event.unwrap_or_default() / 60_000
    }

    /// The token that writers had to send once.
    #[must_use]
    pub fn sequence_token(&self) -> String {
        format!("{:056}", self.next_event)
    }
}

/// A stream in a reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct StreamView {
    log_stream_name: String,
    creation_time: i64,
    first_event_timestamp: Option<i64>,
    last_event_timestamp: Option<i64>,
    last_ingestion_time: Option<i64>,
    upload_sequence_token: Option<String>,
    arn: String,
    stored_bytes: u64,
}

impl StreamView {
    /// How replies show `stream`.
    #[must_use]
    pub fn of(group: &Group, stream: &Stream) -> Self {
        Self {
            log_stream_name: stream.name.clone(),
            creation_time: stream.created,
            first_event_timestamp: stream.first_event,
            last_event_timestamp: stream.last_event,
            last_ingestion_time: stream.last_ingestion,
            upload_sequence_token: stream.last_ingestion.map(|_| stream.sequence_token()),
            arn: stream_arn(&group.arn(), &stream.name),
            // AWS has said 0 for every stream since 2019.
            stored_bytes: 0,
        }
    }
}
