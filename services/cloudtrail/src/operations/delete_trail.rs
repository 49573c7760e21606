//! DeleteTrail: deletes a trail. The record of calls goes on without it.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::error;
use crate::find::Found;
use crate::{Call, CloudTrail};

/// The operation.
pub struct DeleteTrail;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail: its name or ARN.
    name: String,
}

impl Operation for DeleteTrail {
    const NAME: &'static str = "DeleteTrail";
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
        let mut changes = call.service.records.changes();
        changes.remove(&found.trail);
        call.service.records.commit(changes).await.map(drop).map_err(error::of_record)
    }
}
