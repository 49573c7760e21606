//! Alarms.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::Record;

use crate::metric::Metric;
use crate::shapes::{AlarmType, ComparisonOperator, MetricDataQuery, StateValue, Statistic};
use crate::unit::Unit;

/// An alarm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Alarm {
    /// The account it belongs to.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its name, which no other alarm of the account and region has.
    pub name: String,
    /// What it is for, in words.
    pub description: Option<String>,
    /// Whether it does anything when its state changes.
    pub actions_enabled: bool,
    /// What it does when it becomes OK.
    pub ok_actions: Vec<String>,
    /// What it does when it goes off.
    pub alarm_actions: Vec<String>,
    /// What it does when data are missing.
    pub insufficient_data_actions: Vec<String>,
    /// When it was configured.
    pub configured: Timestamp,
    /// What it watches.
    pub watches: Watched,
    /// Its state.
    pub state: State,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What an alarm watches.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Watched {
    /// Figures.
    Figures(Threshold),
    /// Other alarms.
    Alarms(Composite),
}

/// Figures held against a threshold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Threshold {
    /// Which figures.
    pub figures: Figures,
    /// How many periods are looked at.
    pub evaluation_periods: i32,
    /// How many of them must breach; all if absent.
    pub datapoints_to_alarm: Option<i32>,
    /// The threshold.
    pub threshold: f64,
    /// How they are held against it.
    pub comparison: ComparisonOperator,
    /// What missing data mean: `missing`, `ignore`, `breaching`, `notBreaching`.
    pub treat_missing_data: Option<String>,
    /// Whether percentiles of few samples count: `evaluate`, `ignore`.
    pub low_sample_count: Option<String>,
}

/// The figures of an alarm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Figures {
    /// One statistic of one metric.
    Metric {
        /// The metric.
        metric: Metric,
        /// A plain statistic, or
        statistic: Option<Statistic>,
        /// a percentile or the like.
        extended: Option<String>,
        /// The period in seconds.
        period: i32,
        /// Only data of this unit.
        unit: Option<Unit>,
    },
    /// Queries, of which one is returned.
    Queries(Vec<MetricDataQuery>),
}

/// A rule over other alarms.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Composite {
    /// The rule as it was given.
    pub rule: String,
    /// The alarm, by ARN or name, that keeps this one silent while it is in alarm.
    pub suppressor: Option<String>,
    /// How many seconds to wait for the suppressor before acting.
    pub wait_seconds: Option<i32>,
    /// How many seconds to stay silent after the suppressor is no longer in alarm.
    pub extension_seconds: Option<i32>,
}

/// The state of an alarm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// The state.
    pub value: StateValue,
    /// Why, in words.
    pub reason: String,
    /// Why, in JSON.
    pub reason_data: Option<String>,
    /// When it was last set.
    pub updated: Timestamp,
    /// When it last became another one.
    pub transitioned: Timestamp,
}

impl Record for Alarm {
    const KIND: &'static str = "alarm";
}

impl State {
    /// The state of an alarm that was never evaluated.
    #[must_use]
    pub fn unchecked(now: Timestamp) -> Self {
        Self {
            value: StateValue::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            updated: now,
            transitioned: now,
        }
    }
}

impl Alarm {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, &self.region, &self.name)
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> AlarmType {
        match self.watches {
            Watched::Figures(_) => AlarmType::MetricAlarm,
            Watched::Alarms(_) => AlarmType::CompositeAlarm,
        }
    }

    /// What it does on becoming `state`.
    #[must_use]
    pub fn actions(&self, state: StateValue) -> &[String] {
        match state {
            StateValue::Ok => &self.ok_actions,
            StateValue::Alarm => &self.alarm_actions,
            StateValue::InsufficientData => &self.insufficient_data_actions,
        }
    }
}

impl Threshold {
    /// How many of the periods must breach.
    #[must_use]
    pub fn datapoints(&self) -> i32 {
        self.datapoints_to_alarm.unwrap_or(self.evaluation_periods)
    }

    /// The period of the figures in seconds.
    #[must_use]
    pub fn period(&self) -> i64 {
        let shortest = match &self.figures {
            Figures::Metric { period, .. } => Some(*period),
            Figures::Queries(queries) => queries.iter().filter_map(period).min(),
        };
        i64::from(shortest.unwrap_or(60)).max(1)
    }
}

fn period(query: &MetricDataQuery) -> Option<i32> {
    let stat = query.metric_stat.as_ref().map(|stat| stat.period.0);
    stat.or(query.period.map(|period| period.0))
}

/// The ARN of an alarm.
#[must_use]
pub fn arn(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}")
}

/// The name in the ARN of an alarm of this account and region, or else the text itself.
#[must_use]
pub fn name_in<'t>(text: &'t str, account: &str, region: &str) -> &'t str {
    text.strip_prefix(&arn(account, region, "")).unwrap_or(text)
}
