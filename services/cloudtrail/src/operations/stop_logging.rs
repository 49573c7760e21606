//! StopLogging: a trail delivers nothing more. The record of calls goes on.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::Found;
use crate::{Call, CloudTrail};

/// The operation.
pub struct StopLogging;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail: its name or ARN.
    name: String,
}

impl Operation for StopLogging {
    const NAME: &'static str = "StopLogging";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "audit"}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::find_at_home(call, &input.name).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<()> {
        let mut trail = found.trail.value.clone();
        trail.logging = false;
        trail.stopped = Some(call.now.millis());
        found.save(call.service, &trail).await
    }
}
