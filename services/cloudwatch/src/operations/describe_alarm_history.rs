//! DescribeAlarmHistory: lists what happened to alarms.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};
use strongroom_store::Direction;

use crate::find::{Alarms, home};
use crate::history::Item;
use crate::shapes::{AlarmName, AlarmType, MaxRecords, ScanBy};
use crate::{Call, Cloudwatch, error, page};

/// DescribeAlarmHistory.
pub struct DescribeAlarmHistory;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Only of this alarm.
    pub alarm_name: Option<AlarmName>,
    /// Only of this contributor; no alarm has any.
    #[shape(length = 1..=16)]
    pub alarm_contributor_id: Option<String>,
    /// Only of these kinds of alarms; of alarms over figures if absent.
    pub alarm_types: Option<Vec<AlarmType>>,
    /// Only such items.
    pub history_item_type: Option<HistoryItemType>,
    /// From when, included.
    pub start_date: Option<Timestamp>,
    /// Until when, included.
    pub end_date: Option<Timestamp>,
    /// How many entries a page may have; 100 if absent.
    pub max_records: Option<MaxRecords>,
    /// Where to go on.
    pub next_token: Option<String>,
    /// Whether the newest or the oldest come first; the newest if absent.
    pub scan_by: Option<ScanBy>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
#[allow(missing_docs)]
pub enum HistoryItemType {
    ConfigurationUpdate,
    StateUpdate,
    Action,
    AlarmContributorStateUpdate,
    AlarmContributorAction,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// What happened.
    pub alarm_history_items: Vec<AlarmHistoryItem>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Reply)]
#[allow(missing_docs)]
pub struct AlarmHistoryItem {
    pub alarm_name: String,
    pub alarm_type: AlarmType,
    pub timestamp: Timestamp,
    pub history_item_type: String,
    pub history_summary: String,
    pub history_data: String,
}

const USUAL: usize = 100;
const PAGE: usize = 200;
/// The most items that one page looks through.
const MOST_SEARCHED: usize = 10_000;

impl Operation for DescribeAlarmHistory {
    const NAME: &'static str = "DescribeAlarmHistory";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"AlarmName": "SecretAccessDenied", "HistoryItemType": "StateUpdate", "MaxRecords": 10}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Alarms;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Alarms> {
        Ok(Alarms::of(call))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Alarms>) -> Result<Output> {
        let from = input.start_date.map_or(0, Timestamp::millis);
        let to = input.end_date.map_or(i64::MAX, |end| end.millis().saturating_add(1));
        let name = input.alarm_name.as_ref().map(|name| name.0.as_str());
        let range = home(call).histories(name, from, to);
        let forward = input.scan_by == Some(ScanBy::TimestampAscending);
        let direction = if forward { Direction::Forward } else { Direction::Backward };
        let behind = |key: &str| if forward { range.after(key) } else { range.before(key) };
        let mut rest = match page::key(&range, input.next_token.as_ref())? {
            Some(key) => behind(&key),
            None => range.clone(),
        };
        let most = input.max_records.map_or(USUAL, |most| usize::try_from(most.0).unwrap_or(1));
        let mut output = Output { alarm_history_items: Vec::new(), next_token: None };
        let mut searched = 0;
        while !rest.is_empty() {
            let found = call.service.records.scan::<Item>(rest, direction, PAGE).await;
            let found = found.map_err(error::of_record)?;
            for (place, item) in found.records.iter().enumerate() {
                searched += 1;
                if wanted(input, item) {
                    output.alarm_history_items.push(view(item));
                }
                let is_full = output.alarm_history_items.len() == most || searched == MOST_SEARCHED;
                if is_full {
                    let goes_on = found.more || place + 1 < found.records.len();
                    output.next_token = goes_on.then(|| page::token(&range, &item.key));
                    return Ok(output);
                }
            }
            match found.records.last() {
                Some(last) if found.more => rest = behind(&last.key),
                _ => break,
            }
        }
        Ok(output)
    }
}

fn wanted(input: &Input, item: &Item) -> bool {
    let kind = match &input.alarm_types {
        Some(kinds) => kinds.contains(&item.kind),
        None => input.alarm_name.is_some() || item.kind == AlarmType::MetricAlarm,
    };
    let what = match input.history_item_type {
        None => true,
        Some(HistoryItemType::ConfigurationUpdate) => item.what == crate::history::CONFIGURATION,
        Some(HistoryItemType::StateUpdate) => item.what == crate::history::STATE,
        Some(HistoryItemType::Action) => item.what == crate::history::ACTION,
        Some(_) => false,
    };
    kind && what && input.alarm_contributor_id.is_none()
}

fn view(item: &Item) -> AlarmHistoryItem {
    AlarmHistoryItem {
        alarm_name: item.alarm.clone(),
        alarm_type: item.kind,
        timestamp: item.at,
        history_item_type: item.what.clone(),
        history_summary: item.summary.clone(),
        history_data: item.data.clone(),
    }
}
