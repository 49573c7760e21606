//! GetLogEvents: reads events of a stream, from its beginning or its end.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::name::{GroupIdentifier, GroupName, Reference, StreamName};
use crate::position::Position;
use crate::read::{Search, Source, Streams};
use crate::shapes::{EventsLimit, Millis, NextToken};
use crate::target::{Found, StreamOf};
use crate::{Call, Logs, error};

/// An event.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct OutputLogEvent {
    timestamp: i64,
    message: String,
    ingestion_time: i64,
}

/// GetLogEvents.
pub struct GetLogEvents;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group, by name …
    pub log_group_name: Option<GroupName>,
    /// … or by name or ARN.
    pub log_group_identifier: Option<GroupIdentifier>,
    /// The stream.
    pub log_stream_name: StreamName,
    /// Events from this moment on.
    pub start_time: Option<Millis>,
    /// Events before this moment.
    pub end_time: Option<Millis>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many events a page has; as many as fit if absent.
    pub limit: Option<EventsLimit>,
    /// Whether the first page is the oldest.
    pub start_from_head: Option<bool>,
    /// Whether to show what is masked; nothing is.
    pub unmask: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The events, in the order of their times.
    pub events: Vec<OutputLogEvent>,
    /// Where to go on towards the present.
    pub next_forward_token: String,
    /// Where to go on towards the past.
    pub next_backward_token: String,
}

impl Operation for GetLogEvents {
    const NAME: &'static str = "GetLogEvents";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"logGroupName": "/app/web", "logStreamName": "one", "startFromHead": true}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Found<StreamOf>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<StreamOf>> {
        let (name, identifier) =
            (input.log_group_name.as_ref(), input.log_group_identifier.as_ref());
        let reference = Reference::either(call, name, identifier)?;
        call.service.find_stream(call, reference, &input.log_stream_name).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found<StreamOf>>,
    ) -> Result<Output> {
        let StreamOf { group, stream } = found.of();
        let asked = input.start_time.map_or(0, |start| start.0);
        let start = asked.max(group.cutoff(call.now.millis()));
        let end = input.end_time.map_or(Position::LAST_TIME, |end| end.0.min(Position::LAST_TIME));
        let (direction, from) = match &input.next_token {
            Some(token) => read_token(token)?,
            None if input.start_from_head.unwrap_or_default() => {
                (Direction::Forward, Position::at(start))
            }
            None => (Direction::Backward, Position::at(end)),
        };
        let search = Search {
            group,
            source: Source::Stream(stream.number),
            streams: Streams::All,
            start,
            end,
            from,
            direction,
            pattern: None,
            limit: EventsLimit::size(input.limit),
        };
        let found = call.service.search(&search).await?;
        // Without events there is no place but the one that was asked about; a first look that finds
        // nothing goes on from the beginning, whatever comes.
        let here = if input.next_token.is_some() { from } else { Position::at(start) };
        let forward = found.events.last().map_or(here, |event| event.position.next());
        let backward = found.events.first().map_or(here, |event| event.position);
        let show = |event: crate::read::Selected| OutputLogEvent {
            timestamp: event.position.time,
            message: event.message,
            ingestion_time: event.ingested,
        };
        Ok(Output {
            events: found.events.into_iter().map(show).collect(),
            next_forward_token: format!("f/{}", forward.digits()),
            next_backward_token: format!("b/{}", backward.digits()),
        })
    }
}

fn read_token(token: &NextToken) -> Result<(Direction, Position)> {
    let (direction, digits) = match token.0.split_once('/') {
        Some(("f", digits)) => (Direction::Forward, digits),
        Some(("b", digits)) => (Direction::Backward, digits),
        _ => return Err(error::invalid_next_token()),
    };
    let position = Position::read(digits).ok_or_else(error::invalid_next_token)?;
    Ok((direction, position))
}
