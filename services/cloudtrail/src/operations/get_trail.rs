//! GetTrail: shows a trail.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Found;
use crate::views::TrailView;
use crate::{Call, CloudTrail};

/// The operation.
pub struct GetTrail;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail: its name or ARN.
    name: String,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    trail: TrailView,
}

impl Operation for GetTrail {
    const NAME: &'static str = "GetTrail";
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
        Ok(Output { trail: TrailView::of(&found.trail) })
    }
}
