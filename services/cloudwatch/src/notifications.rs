//! The port through which alarms do something.

use strongroom_api::{BoxFuture, Circumstances};

/// An action of an alarm that is to be performed.
#[derive(Clone, Copy, Debug)]
pub struct Notification<'a> {
    /// The account of the alarm.
    pub account: &'a str,
    /// Its region.
    pub region: &'a str,
    /// Its ARN, which policies see as `aws:SourceArn`.
    pub alarm_arn: &'a str,
    /// What to do: the ARN of a topic or of a function.
    pub action_arn: &'a str,
    /// The subject for a topic.
    pub subject: &'a str,
    /// What a topic is told: AWS's JSON of an alarm notification.
    pub message: &'a str,
    /// What a function is told: AWS's JSON of an alarm event.
    pub event: &'a str,
}

/// Why an action was not performed.
#[derive(Debug)]
pub enum Undelivered {
    /// It was refused, and would be again. The text goes into the alarm's history.
    Refused(String),
    /// It may go better a little later.
    Later(String),
}

/// Performs the actions of alarms.
pub trait Notifications: Send + Sync {
    /// Performs one action. It may be asked for the same again after a crash.
    fn publish<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        notification: Notification<'a>,
    ) -> BoxFuture<'a, Result<(), Undelivered>>;
}
