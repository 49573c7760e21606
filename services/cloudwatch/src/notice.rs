//! Actions that alarms are about to perform.

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::Record;

use crate::alarm::Composite;

/// An action to perform. It is written together with the change of state that is its cause, so that
/// neither is lost without the other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The account of the alarm.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its name.
    pub alarm: String,
    /// Its ARN.
    pub alarm_arn: String,
    /// What to do: the ARN of a topic or of a function.
    pub action: String,
    /// The subject for a topic.
    pub subject: String,
    /// What a topic is told.
    pub message: String,
    /// What a function is told.
    pub event: String,
    /// When the state changed.
    pub changed: Timestamp,
    /// Who may keep it from being performed.
    pub suppressor: Option<Suppressor>,
    /// How often it was tried.
    pub attempts: u32,
}

/// An alarm that keeps another one silent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Suppressor {
    /// Its ARN or name.
    pub alarm: String,
    /// How long to wait for it before acting.
    pub wait_seconds: i32,
    /// How long to stay silent after it is no longer in alarm.
    pub extension_seconds: i32,
}

impl Suppressor {
    /// The one of a composite alarm.
    #[must_use]
    pub fn of(composite: &Composite) -> Option<Self> {
        Some(Self {
            alarm: composite.suppressor.clone()?,
            wait_seconds: composite.wait_seconds.unwrap_or(0).max(0),
            extension_seconds: composite.extension_seconds.unwrap_or(0).max(0),
        })
    }
}

impl Record for Notice {
    const KIND: &'static str = "alarm action";
}
