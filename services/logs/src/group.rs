//! A log group, as it is stored and as replies show it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_api::Reply;
use strongroom_records::Record;

use crate::name::group_arn;
use crate::shapes::LogGroupClass;

/// The days that AWS keeps logs for.
pub const RETENTION_DAYS: [i32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

const DAY_MILLIS: i64 = 86_400_000;

/// A log group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// The account that owns it.
    pub account: String,
    /// Where it is.
    pub region: String,
    /// Its name.
    pub name: String,
    /// What tells it from an earlier group of the same name.
    pub id: String,
    /// When it was created, in milliseconds.
    pub created: i64,
    /// How long events are kept; forever if absent.
    pub retention_days: Option<i32>,
    /// What it is meant for.
    pub class: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it refuses to be deleted.
    pub deletion_protection: bool,
    /// How many metric filters it has.
    pub metric_filters: u32,
    /// How many subscription filters it has.
    #[serde(default)]
    pub subscription_filters: u32,
    /// The number that the next stream gets.
    pub next_stream: u64,
    /// Where it stands in the index of what expires.
    pub next_expiry: Option<i64>,
}

impl Record for Group {
    const KIND: &'static str = "log group";
}

impl Group {
    /// A new group without anything in it.
    #[must_use]
    pub fn new(account: &str, region: &str, name: &str, id: String, created: i64) -> Self {
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            name: name.to_owned(),
            id,
            created,
            retention_days: None,
            class: LogGroupClass::Standard.name().to_owned(),
            tags: BTreeMap::new(),
            deletion_protection: false,
            metric_filters: 0,
            subscription_filters: 0,
            next_stream: 1,
            next_expiry: None,
        }
    }

    /// Its ARN, without `:*`.
    #[must_use]
    pub fn arn(&self) -> String {
        group_arn(&self.account, &self.region, &self.name)
    }

    /// Events before this moment are no longer kept.
    #[must_use]
    pub fn cutoff(&self, now: i64) -> i64 {
        let days = self.retention_days.map(i64::from);
        days.map_or(0, |days| now.saturating_sub(days * DAY_MILLIS))
    }
}

/// A group in a reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct GroupView {
    log_group_name: String,
    creation_time: i64,
    retention_in_days: Option<i32>,
    metric_filter_count: u32,
    arn: String,
    stored_bytes: u64,
    log_group_class: String,
    log_group_arn: String,
    deletion_protection_enabled: bool,
}

impl GroupView {
    /// How replies show `group`.
    #[must_use]
    pub fn of(group: &Group, stored_bytes: u64) -> Self {
        let arn = group.arn();
        Self {
            log_group_name: group.name.clone(),
            creation_time: group.created,
            retention_in_days: group.retention_days,
            metric_filter_count: group.metric_filters,
            arn: format!("{arn}:*"),
            stored_bytes,
            log_group_class: group.class.clone(),
            log_group_arn: arn,
            deletion_protection_enabled: group.deletion_protection,
        }
    }
}
