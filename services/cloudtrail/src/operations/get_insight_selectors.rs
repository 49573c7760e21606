//! GetInsightSelectors: there are no insights here, and AWS has an exception for that.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::Found;
use crate::{Call, CloudTrail, error};

/// The operation.
pub struct GetInsightSelectors;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail: its name or ARN.
    trail_name: Option<String>,
    /// A store of CloudTrail Lake, which is not offered.
    #[shape(length = 3..=256, pattern = "^[a-zA-Z0-9._/\\-:]+$")]
    event_data_store: Option<String>,
}

impl Operation for GetInsightSelectors {
    const NAME: &'static str = "GetInsightSelectors";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"TrailName": "audit"}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        match (&input.trail_name, &input.event_data_store) {
            (Some(name), None) => Found::find(call, name).await,
            _ => Err(error::one_of_trail_and_store()),
        }
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<()> {
        Err(error::no_insights(&found.trail.arn()))
    }
}
