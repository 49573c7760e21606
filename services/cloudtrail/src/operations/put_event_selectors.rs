//! PutEventSelectors: says which events a trail wants.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::Found;
use crate::selectors::{AdvancedEventSelector, EventSelector, Selectors, SelectorsView};
use crate::{Call, CloudTrail};

/// The operation.
pub struct PutEventSelectors;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail: its name or ARN.
    trail_name: String,
    /// Plain selectors.
    event_selectors: Option<Vec<EventSelector>>,
    /// Advanced selectors.
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

impl Operation for PutEventSelectors {
    const NAME: &'static str = "PutEventSelectors";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"TrailName": "audit", "EventSelectors": [{"ReadWriteType": "WriteOnly"}]}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Found;
    type Output = SelectorsView;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::find_at_home(call, &input.trail_name).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found>,
    ) -> Result<SelectorsView> {
        let (plain, advanced) = (&input.event_selectors, &input.advanced_event_selectors);
        let mut trail = found.trail.value.clone();
        trail.selectors = Some(Selectors::of(plain.as_ref(), advanced.as_ref())?);
        found.save(call.service, &trail).await?;
        Ok(Selectors::show(trail.selectors.as_ref(), trail.arn()))
    }
}
