//! DescribeLogStreams: describes the streams of a group, by name or by their last events.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::{Direction, Range};

use crate::group::Group;
use crate::name::{GroupIdentifier, GroupName, Reference, StreamName};
use crate::page::Scope;
use crate::shapes::{DescribeLimit, NextToken};
use crate::stream::{Stream, StreamView};
use crate::target::FoundGroup;
use crate::{Call, Logs, error, paths};

/// The order of streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum OrderBy {
    /// By name.
    LogStreamName,
    /// By the time of the last event, to the minute from page to page and exactly on each.
    LastEventTime,
}

/// DescribeLogStreams.
pub struct DescribeLogStreams;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group, by name …
    pub log_group_name: Option<GroupName>,
    /// … or by name or ARN.
    pub log_group_identifier: Option<GroupIdentifier>,
    /// How the names begin.
    pub log_stream_name_prefix: Option<StreamName>,
    /// The order; by name if absent.
    pub order_by: Option<OrderBy>,
    /// Whether the order is turned around.
    pub descending: Option<bool>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many streams a page has; 50 if absent.
    pub limit: Option<DescribeLimit>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The streams.
    pub log_streams: Vec<StreamView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for DescribeLogStreams {
    const NAME: &'static str = "DescribeLogStreams";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"logGroupName": "/app/web", "orderBy": "LastEventTime", "descending": true}"#;

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
        let by_event = input.order_by == Some(OrderBy::LastEventTime);
        if by_event && input.log_stream_name_prefix.is_some() {
            return Err(error::prefix_and_order());
        }
        let descending = input.descending.unwrap_or_default();
        let direction = if descending { Direction::Backward } else { Direction::Forward };
        let prefix = input.log_stream_name_prefix.as_ref().map_or("", |prefix| &prefix.0);
        let query = format!("{}|{by_event}|{descending}|{prefix}", group.id);
        let scope = Scope { operation: Self::NAME, query: &query };
        let folder = if by_event { paths::activities(&group) } else { paths::streams(&group) };
        let mut range = Range::prefix(folder + prefix);
        if let Some(token) = &input.next_token {
            let last = scope.open(call, token)?;
            range = if descending { range.before(&last) } else { range.after(&last) };
        }
        let size = DescribeLimit::size(input.limit);
        let (streams, last) = match by_event {
            true => by_activity(call.service, &group, range, direction, size).await?,
            false => by_name(call.service, range, direction, size).await?,
        };
        let log_streams = streams.iter().map(|stream| StreamView::of(&group, stream)).collect();
        Ok(Output { log_streams, next_token: last.map(|last| scope.token(call, &last)) })
    }
}

/// Streams, and the key to go on from if there are more.
type Streams = (Vec<Stream>, Option<String>);

async fn by_name(logs: &Logs, range: Range, direction: Direction, size: usize) -> Result<Streams> {
    let page = logs.records.scan::<Stream>(range, direction, size).await.map_err(error::storage)?;
    let last = page.records.last().filter(|_| page.more).map(|stream| stream.key.clone());
    Ok((page.records.iter().map(|stream| stream.value.clone()).collect(), last))
}

async fn by_activity(
    logs: &Logs,
    group: &Group,
    range: Range,
    direction: Direction,
    size: usize,
) -> Result<Streams> {
    let page = logs.records.scan_index(range, direction, size).await.map_err(error::storage)?;
    let last = page.entries.last().filter(|_| page.more).map(|(key, _)| key.clone());
    let mut streams = Vec::new();
    for (_, name) in &page.entries {
        // One that was deleted meanwhile is left out.
        streams.extend(logs.stream(group, name).await?.map(|stream| stream.value.clone()));
    }
    streams.sort_by_key(|stream| stream.last_event.unwrap_or_default());
    if direction == Direction::Backward {
        streams.reverse();
    }
    Ok((streams, last))
}
