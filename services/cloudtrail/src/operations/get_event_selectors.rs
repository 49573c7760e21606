//! GetEventSelectors: shows which events a trail wants.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::Found;
use crate::selectors::{Selectors, SelectorsView};
use crate::{Call, CloudTrail};

/// The operation.
pub struct GetEventSelectors;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail: its name or ARN.
    trail_name: String,
}

impl Operation for GetEventSelectors {
    const NAME: &'static str = "GetEventSelectors";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"TrailName": "audit"}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Found;
    type Output = SelectorsView;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::find(call, &input.trail_name).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<SelectorsView> {
        Ok(Selectors::show(found.trail.selectors.as_ref(), found.trail.arn()))
    }
}
