//! FilterLogEvents: searches the events of a group.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::group::Group;
use crate::name::{GroupIdentifier, GroupName, Reference, StreamName, stream_arn};
use crate::page::Scope;
use crate::pattern::Pattern;
use crate::position::Position;
use crate::read::{Search, Selected, Source, Streams};
use crate::shapes::{EventsLimit, FilterPattern, Millis, NextToken};
use crate::target::FoundGroup;
use crate::{Call, Logs, error};

/// An event.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct FilteredLogEvent {
    log_stream_name: String,
    timestamp: i64,
    message: String,
    ingestion_time: i64,
    event_id: String,
}

/// FilterLogEvents.
pub struct FilterLogEvents;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group, by name …
    pub log_group_name: Option<GroupName>,
    /// … or by name or ARN.
    pub log_group_identifier: Option<GroupIdentifier>,
    /// These streams only.
    #[shape(length = 1..=100)]
    pub log_stream_names: Option<Vec<StreamName>>,
    /// Streams whose names begin so.
    pub log_stream_name_prefix: Option<StreamName>,
    /// Events from this moment on.
    pub start_time: Option<Millis>,
    /// Events up to this moment.
    pub end_time: Option<Millis>,
    /// Which messages.
    pub filter_pattern: Option<FilterPattern>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many events a page has; 10,000 if absent.
    pub limit: Option<EventsLimit>,
    /// Whether streams are mixed; they always are.
    pub interleaved: Option<bool>,
    /// Whether the oldest come first, as they do if absent. A token goes on in its own direction.
    pub start_from_head: Option<bool>,
    /// Whether to show what is masked; nothing is.
    pub unmask: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The events, in the order of their times.
    pub events: Vec<FilteredLogEvent>,
    /// Always empty, as AWS has it since 2019.
    pub searched_log_streams: Vec<String>,
    /// Where to go on. A page may be empty and the search not at its end.
    pub next_token: Option<String>,
}

impl Operation for FilterLogEvents {
    const NAME: &'static str = "FilterLogEvents";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "filterPattern": "{ $.level = \"error\" }", "startTime": 1769854830000}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        let (name, identifier) =
            (input.log_group_name.as_ref(), input.log_group_identifier.as_ref());
        call.service.find(call, Reference::either(call, name, identifier)?).await
    }

    async fn run(call: &Call<'_>, input: &Input, group: Authorized<FoundGroup>) -> Result<Output> {
        let text = input.filter_pattern.as_ref().map_or("", |pattern| &pattern.0);
        let pattern = Pattern::parse(text).map_err(|wrong| error::invalid_pattern(&wrong))?;
        let streams = streams(call.service, &group, input).await?;
        let source = match &streams {
            Streams::Numbers(numbers) if numbers.len() == 1 => Source::Stream(numbers[0]),
            _ => Source::Group,
        };
        let asked = input.start_time.map_or(0, |start| start.0);
        let start = asked.max(group.cutoff(call.now.millis()));
        let end = input.end_time.map_or(Position::LAST_TIME, |end| end.0.saturating_add(1));
        let query = format!("{}|{streams:?}|{text}", group.id);
        let scope = Scope { operation: Self::NAME, query: &query };
        let end = end.min(Position::LAST_TIME);
        let (direction, from) = match &input.next_token {
            Some(token) => read_position(&scope.open(call, token)?)?,
            None if input.start_from_head.unwrap_or(true) => {
                (Direction::Forward, Position::at(start))
            }
            None if asked < EARLIEST_BACKWARD => return Err(error::too_early_for_backward()),
            None => (Direction::Backward, Position::at(end)),
        };
        let limit = EventsLimit::size(input.limit);
        let pattern = Some(&pattern);
        let group = group.of();
        let search = Search { group, source, streams, start, end, from, direction, pattern, limit };
        let (mut found, mark) = match direction {
            Direction::Forward => (call.service.search(&search).await?, 'f'),
            Direction::Backward => {
                let now = call.now.millis();
                (call.service.search_backward(&search, now).await?, 'b')
            }
        };
        if direction == Direction::Backward {
            found.events.reverse();
        }
        let token = |next: Position| scope.token(call, &format!("{mark}{}", next.digits()));
        Ok(Output {
            events: found.events.into_iter().map(FilteredLogEvent::from).collect(),
            searched_log_streams: Vec::new(),
            next_token: found.next.map(token),
        })
    }
}

/// AWS searches backward from 2024-01-01 on.
const EARLIEST_BACKWARD: i64 = 1_704_067_200_000;

fn read_position(text: &str) -> Result<(Direction, Position)> {
    let direction = match text.get(..1) {
        Some("f") => Direction::Forward,
        Some("b") => Direction::Backward,
        _ => return Err(error::invalid_next_token()),
    };
    let position = text.get(1..).and_then(Position::read);
    position.map(|position| (direction, position)).ok_or_else(error::invalid_next_token)
}

impl From<Selected> for FilteredLogEvent {
    fn from(event: Selected) -> Self {
        Self {
            log_stream_name: event.stream.to_string(),
            timestamp: event.position.time,
            message: event.message,
            ingestion_time: event.ingested,
            event_id: event.position.digits(),
        }
    }
}

/// The streams that are asked for.
async fn streams(logs: &Logs, group: &Group, input: &Input) -> Result<Streams> {
    match (&input.log_stream_names, &input.log_stream_name_prefix) {
        (Some(_), Some(_)) => Err(error::streams_and_prefix()),
        (None, Some(prefix)) => Ok(Streams::Prefix(prefix.0.clone())),
        (None, None) => Ok(Streams::All),
        (Some(names), None) => {
            let mut numbers = Vec::new();
            for name in names {
                let missing = || error::no_such_stream(stream_arn(&group.arn(), ""));
                let stream = logs.stream(group, &name.0).await?.ok_or_else(missing)?;
                numbers.push(stream.number);
            }
            numbers.dedup();
            Ok(Streams::Numbers(numbers))
        }
    }
}
