//! GetTrailStatus: tells whether a trail is logging, and since when.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::find::Found;
use crate::{Call, CloudTrail};

/// The operation.
pub struct GetTrailStatus;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail: its name or ARN.
    name: String,
}

/// The reply. What is delivered elsewhere tells of itself there.
#[derive(Reply)]
pub struct Output {
    is_logging: bool,
    start_logging_time: Option<Timestamp>,
    stop_logging_time: Option<Timestamp>,
    // AWS says these as texts as well, empty where nothing happened.
    latest_delivery_attempt_time: String,
    latest_notification_attempt_time: String,
    latest_notification_attempt_succeeded: String,
    latest_delivery_attempt_succeeded: String,
    time_logging_started: String,
    time_logging_stopped: String,
}

impl Operation for GetTrailStatus {
    const NAME: &'static str = "GetTrailStatus";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Name": "audit"}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::find(call, &input.name).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        let (started, stopped) = (found.trail.started(), found.trail.stopped());
        let text = |time: Option<Timestamp>| time.map_or_else(String::new, Timestamp::iso8601);
        Ok(Output {
            is_logging: found.trail.logging,
            start_logging_time: started,
            stop_logging_time: stopped,
            latest_delivery_attempt_time: String::new(),
            latest_notification_attempt_time: String::new(),
            latest_notification_attempt_succeeded: String::new(),
            latest_delivery_attempt_succeeded: String::new(),
            time_logging_started: text(started),
            time_logging_stopped: text(stopped),
        })
    }
}
