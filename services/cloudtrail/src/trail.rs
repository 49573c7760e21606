//! A trail in AWS's sense: an account's wish about the delivery of its events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_records::Record;
use strongroom_wire::Timestamp;

use crate::arn;
use crate::selectors::Selectors;

/// A trail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trail {
    /// Its name.
    pub name: String,
    /// The account it belongs to.
    pub account: String,
    /// Its home region.
    pub region: String,
    /// What else was said of it.
    pub settings: Settings,
    /// Which events it wants; AWS's default if nobody said.
    pub selectors: Option<Selectors>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it is logging.
    pub logging: bool,
    /// When logging was last started, in milliseconds since the epoch.
    pub started: Option<i64>,
    /// When logging was last stopped.
    pub stopped: Option<i64>,
}

/// What CreateTrail and UpdateTrail say of a trail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// The bucket for its files.
    pub bucket: String,
    /// What stands before their names.
    pub prefix: Option<String>,
    /// The topic that is told of files: its ARN.
    pub topic: Option<String>,
    /// Whether events of global services are wanted.
    pub global_events: bool,
    /// Whether it covers every region.
    pub multi_region: bool,
    /// Whether digests are wanted.
    pub validation: bool,
    /// The log group that events are delivered to: its ARN.
    pub log_group: Option<String>,
    /// The role that may write there: its ARN.
    pub log_role: Option<String>,
    /// The key for its files.
    pub key: Option<String>,
}

impl Record for Trail {
    const KIND: &'static str = "trail of CloudTrail";
}

impl Trail {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        arn::of_trail(&self.account, &self.region, &self.name)
    }

    /// When logging was last started.
    #[must_use]
    pub fn started(&self) -> Option<Timestamp> {
        self.started.map(Timestamp::from_millis)
    }

    /// When logging was last stopped.
    #[must_use]
    pub fn stopped(&self) -> Option<Timestamp> {
        self.stopped.map(Timestamp::from_millis)
    }
}
