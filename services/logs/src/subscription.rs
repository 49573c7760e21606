//! Subscription filters: events handed on to functions as they come in.
//!
//! That there is something to hand on is stored in the transaction that takes the events in, so that
//! nothing is lost; [`deliver_subscriptions`](crate::jobs::DeliverSubscriptions) sends it, at least once.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Result};
use strongroom_records::{Changes, Record, Stored};
use strongroom_store::{Direction, Range};

use crate::chunk::Event;
use crate::group::Group;
use crate::pattern::{Message, Pattern};
use crate::position::Position;
use crate::read::{Search, Selected, Source, Streams};
use crate::stream::Stream;
use crate::{Logs, TRAIL_GROUP, error, paths};

/// Subscription filters of one group; AWS's limit.
pub const MOST: usize = 2;
/// Texts of one event for a function, in bytes: packed and encoded it stays within what a function
/// takes, unless one log event alone is longer.
const PART_BYTES: usize = 512 << 10;
/// Events of one call.
const PART_EVENTS: usize = 10_000;

/// A subscription filter as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubscriptionFilter {
    /// Its name.
    pub name: String,
    /// The group that it belongs to.
    pub group: String,
    /// Which events it means.
    pub pattern: String,
    /// The function.
    pub destination: String,
    /// How events would be spread over a stream of another service.
    pub distribution: String,
    /// When it was first written, in milliseconds.
    pub created: i64,
}

impl Record for SubscriptionFilter {
    const KIND: &'static str = "subscription filter";
}

/// A filter in a reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct SubscriptionFilterView {
    filter_name: String,
    log_group_name: String,
    filter_pattern: String,
    destination_arn: String,
    distribution: String,
    apply_on_transformed_logs: bool,
    creation_time: i64,
}

impl SubscriptionFilterView {
    /// How replies show `filter`.
    #[must_use]
    pub fn of(filter: &SubscriptionFilter) -> Self {
        Self {
            filter_name: filter.name.clone(),
            log_group_name: filter.group.clone(),
            filter_pattern: filter.pattern.clone(),
            destination_arn: filter.destination.clone(),
            distribution: filter.distribution.clone(),
            apply_on_transformed_logs: false,
            creation_time: filter.created,
        }
    }
}

/// A filter ready to be asked.
#[derive(Debug)]
pub struct Compiled {
    filter: SubscriptionFilter,
    pattern: Pattern,
}

/// Some events of a stream on their way to a function. They stay where they are until they are sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outgoing {
    /// The account of the group.
    pub account: String,
    /// Where it is.
    pub region: String,
    /// The group's name.
    pub group: String,
    /// The group's id.
    pub group_id: String,
    /// The stream's name.
    pub stream: String,
    /// The stream's number.
    pub number: u64,
    /// The filter's name.
    pub filter: String,
    /// Which events it means.
    pub pattern: String,
    /// The function.
    pub destination: String,
    /// The numbers of the first and the last event that is meant.
    pub seqs: (u64, u64),
    /// Their times.
    pub times: (i64, i64),
    /// Where to go on, once a part is sent.
    pub from: Option<String>,
    /// How often sending was tried in vain.
    pub attempts: u32,
    /// When they were taken in, in milliseconds.
    pub taken: i64,
}

impl Record for Outgoing {
    const KIND: &'static str = "log events on their way";
}

/// What one call of a function brings.
#[derive(Debug)]
pub struct Part {
    events: Vec<OutgoingEvent>,
    /// Where the next part begins.
    pub next: Option<Position>,
}

/// One event of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OutgoingEvent {
    id: String,
    timestamp: i64,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    extracted_fields: Option<BTreeMap<String, String>>,
}

/// What a function gets, before it is packed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'p> {
    message_type: &'static str,
    owner: &'p str,
    log_group: &'p str,
    log_stream: &'p str,
    subscription_filters: [&'p str; 1],
    log_events: &'p [OutgoingEvent],
}

impl Part {
    /// How many events it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.events.len()
    }

    /// The event that the function is called with: `{"awslogs": {"data": …}}`.
    ///
    /// # Errors
    /// Internal only.
    pub fn event(&self, outgoing: &Outgoing) -> Result<Vec<u8>> {
        let payload = Payload {
            message_type: "DATA_MESSAGE",
            owner: &outgoing.account,
            log_group: &outgoing.group,
            log_stream: &outgoing.stream,
            subscription_filters: [&outgoing.filter],
            log_events: &self.events,
        };
        let json = serde_json::to_vec(&payload).map_err(error::internal)?;
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        let packed = packed.write_all(&json).and_then(|()| packed.finish());
        let data = BASE64.encode(&packed.map_err(error::internal)?);
        Ok(format!(r#"{{"awslogs":{{"data":"{data}"}}}}"#).into_bytes())
    }
}

impl OutgoingEvent {
    /// The event as it goes out; `None` if it is not meant.
    fn of(event: Selected, pattern: &Pattern) -> Option<Self> {
        let extracted = pattern.extract(&Message::new(&event.message))?;
        let is_columns = pattern.names_parts() && !pattern.is_json();
        let column = |(name, text): (String, String)| {
            (name.strip_prefix('$').map(str::to_owned).unwrap_or(name), text)
        };
        Some(Self {
            id: event.position.digits(),
            timestamp: event.position.time,
            message: event.message,
            extracted_fields: is_columns.then(|| extracted.into_iter().map(column).collect()),
        })
    }

    fn bytes(&self) -> usize {
        let columns = self.extracted_fields.iter().flatten();
        self.message.len() + columns.map(|(name, text)| name.len() + text.len()).sum::<usize>()
    }
}

impl Logs {
    /// The subscription filters of a group, by name.
    ///
    /// # Errors
    /// Internal only.
    pub async fn subscription_filters(
        &self,
        group: &Group,
    ) -> Result<Vec<Arc<Stored<SubscriptionFilter>>>> {
        if group.subscription_filters == 0 {
            return Ok(Vec::new());
        }
        let Group { account, region, name, .. } = group;
        let range = Range::prefix(paths::subscription_filters(account, region, name));
        let page = self.records.scan(range, Direction::Forward, MOST).await;
        Ok(page.map_err(error::storage)?.records)
    }

    /// Puts what the group's filters mean of `events`, of which the first has the number `first` in its
    /// stream, on its way.
    pub(crate) async fn send_on(
        &self,
        changes: &mut Changes<'_>,
        group: &Stored<Group>,
        stream: &Stream,
        (first, events): (u64, &[Event]),
        taken: i64,
    ) -> Result<()> {
        if group.subscription_filters == 0 {
            return Ok(());
        }
        for (place, filter) in self.compiled_subscriptions(group).await?.iter().enumerate() {
            let mut meant = events.iter().zip(first..).filter(|(event, _)| {
                filter.pattern.matches(&event.2) && !tells_of_a_delivery(group, &event.2)
            });
            let Some((from, seq)) = meant.next() else { continue };
            let (to, last_seq) = meant.last().unwrap_or((from, seq));
            let outgoing = Outgoing {
                account: group.account.clone(),
                region: group.region.clone(),
                group: group.name.clone(),
                group_id: group.id.clone(),
                stream: stream.name.clone(),
                number: stream.number,
                filter: filter.filter.name.clone(),
                pattern: filter.filter.pattern.clone(),
                destination: filter.filter.destination.clone(),
                seqs: (seq, last_seq),
                times: (from.0, to.0),
                from: None,
                attempts: 0,
                taken,
            };
            let id = format!("{}-{:012}-{first:016}-{place}", group.id, stream.number);
            let key = paths::delivery(taken, &id);
            changes.put(&key, &outgoing).map_err(error::storage)?;
        }
        Ok(())
    }

    /// The next events that are to be sent. None are left of a group or a stream that was deleted.
    ///
    /// # Errors
    /// Internal only.
    pub async fn next_part(&self, outgoing: &Outgoing) -> Result<Part> {
        let Outgoing { account, region, number, seqs: (first, last), .. } = outgoing;
        let mut part = Part { events: Vec::new(), next: None };
        let group = self.group(account, region, &outgoing.group).await?;
        let Some(group) = group.filter(|group| group.id == outgoing.group_id) else {
            return Ok(part);
        };
        let pattern =
            Pattern::parse(&outgoing.pattern).map_err(|wrong| error::invalid_pattern(&wrong))?;
        let begin = Position { time: outgoing.times.0, stream: *number, seq: *first };
        let from = outgoing.from.as_deref().and_then(Position::read).unwrap_or(begin);
        let search = Search {
            group: &group,
            source: Source::Stream(*number),
            streams: Streams::Numbers(vec![*number]),
            start: outgoing.times.0,
            end: outgoing.times.1.saturating_add(1),
            from,
            direction: Direction::Forward,
            pattern: Some(&pattern),
            limit: PART_EVENTS,
        };
        let found = self.search(&search).await?;
        part.next = found.next;
        let mut bytes = 0;
        for event in found.events {
            let position = event.position;
            // Others may have brought events of the same time.
            let is_own = (*first..=*last).contains(&position.seq);
            if !is_own || tells_of_a_delivery(&group, &event.message) {
                continue;
            }
            let Some(event) = OutgoingEvent::of(event, &pattern) else { continue };
            if bytes + event.bytes() > PART_BYTES && !part.events.is_empty() {
                part.next = Some(position);
                break;
            }
            bytes += event.bytes();
            part.events.push(event);
        }
        Ok(part)
    }

    async fn compiled_subscriptions(&self, group: &Stored<Group>) -> Result<Arc<Vec<Compiled>>> {
        if let Some((revision, compiled)) = self.compiled_subscriptions.get(&group.id)
            && revision == group.revision
        {
            return Ok(compiled);
        }
        let filters = self.subscription_filters(group).await?;
        let compile = |filter: &Arc<Stored<SubscriptionFilter>>| {
            let pattern = Pattern::parse(&filter.pattern);
            let pattern = pattern.map_err(|wrong| error::invalid_pattern(&wrong))?;
            Ok(Compiled { filter: filter.value.clone(), pattern })
        };
        let compiled = Arc::new(filters.iter().map(compile).collect::<Result<Vec<_>>>()?);
        let entry = (group.revision, Arc::clone(&compiled));
        self.compiled_subscriptions.insert(group.id.clone(), entry);
        Ok(compiled)
    }
}

/// Whether a record of the trail tells that a function was called with records of the trail. Handing
/// that on would never end.
fn tells_of_a_delivery(group: &Group, message: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        event_name: String,
        user_identity: Identity,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Identity {
        invoked_by: Option<String>,
    }
    if group.name != TRAIL_GROUP || !message.contains("logs.") {
        return false;
    }
    serde_json::from_str::<Head>(message).is_ok_and(|head| {
        let by = head.user_identity.invoked_by.unwrap_or_default();
        let is_logs = by.starts_with("logs.") && by.ends_with(".amazonaws.com");
        is_logs && head.event_name.starts_with("Invoke")
    })
}
