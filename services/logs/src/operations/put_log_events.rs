//! PutLogEvents: takes events into a stream.

use std::collections::BTreeMap;

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Sensitive, Shape};
use zeroize::Zeroize;

use crate::name::{GroupName, Reference, StreamName};
use crate::shapes::Millis;
use crate::target::{Found, StreamOf};
use crate::write::{self, Batch};
use crate::{Call, Logs};

/// An event.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct InputLogEvent {
    /// When it happened, in milliseconds.
    pub timestamp: Millis,
    /// What happened.
    #[shape(length = 1..)]
    pub message: String,
}

impl Zeroize for InputLogEvent {
    fn zeroize(&mut self) {
        self.message.zeroize();
    }
}

/// What events are about.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Entity {
    /// What tells it from others.
    pub key_attributes: Option<BTreeMap<String, Attribute>>,
    /// What else is known of it.
    pub attributes: Option<BTreeMap<String, Attribute>>,
}

/// An attribute of an entity.
#[derive(Debug, Shape)]
#[shape(length = 1..=512)]
pub struct Attribute(pub String);

/// Which events were not taken.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Rejected {
    too_new_log_event_start_index: Option<usize>,
    too_old_log_event_end_index: Option<usize>,
    expired_log_event_end_index: Option<usize>,
}

/// PutLogEvents.
pub struct PutLogEvents;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// The stream.
    pub log_stream_name: StreamName,
    /// The events, in the order of their times.
    #[shape(length = 1..=10_000)]
    pub log_events: Sensitive<Vec<InputLogEvent>>,
    /// What writers had to send once; it is ignored.
    #[shape(length = 1..)]
    pub sequence_token: Option<String>,
    /// What the events are about; it is ignored.
    pub entity: Option<Entity>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The token that writers had to send once.
    pub next_sequence_token: String,
    /// Which events were not taken.
    pub rejected_log_events_info: Option<Rejected>,
}

impl Operation for PutLogEvents {
    const NAME: &'static str = "PutLogEvents";
    const AUDIT: Audit = Audit::Write;
    // A mebibyte of events, as AWS counts them, is several of JSON.
    const MOST_BYTES: Option<usize> = Some(8 << 20);
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "logStreamName": "one", "logEvents": [{"timestamp": 1769854830000, "message": "hello"}]}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Found<StreamOf>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<StreamOf>> {
        let reference = Reference::named(call, &input.log_group_name);
        call.service.find_stream(call, reference, &input.log_stream_name).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found<StreamOf>>,
    ) -> Result<Output> {
        let StreamOf { group, stream } = found.of();
        let sent = input.log_events.reveal();
        let sizes: Vec<_> = sent.iter().map(|e| (e.timestamp.0, e.message.len())).collect();
        let accepted = write::accept(&sizes, group, call.now.millis())?;
        let taken = sent.get(accepted.range()).unwrap_or_default();
        let taken_any = !taken.is_empty();
        let events = taken.iter().map(|e| (e.timestamp.0, e.message.clone())).collect();
        let batch = Batch { group, stream, events, taken_to: None };
        let token = match taken_any {
            true => call.service.take(batch, call.now).await?.sequence_token(),
            false => stream.sequence_token(),
        };
        let rejected = Rejected {
            too_new_log_event_start_index: (accepted.too_new < sent.len())
                .then_some(accepted.too_new),
            too_old_log_event_end_index: (accepted.too_old > 0).then_some(accepted.too_old),
            expired_log_event_end_index: (accepted.expired > 0).then_some(accepted.expired),
        };
        let has_rejected = taken.len() < sent.len();
        let rejected_log_events_info = has_rejected.then_some(rejected);
        Ok(Output { next_sequence_token: token, rejected_log_events_info })
    }
}
