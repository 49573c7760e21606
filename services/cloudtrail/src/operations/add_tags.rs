//! AddTags: sets tags of a trail.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::find::Found;
use crate::tag::{self, Tag};
use crate::{Call, CloudTrail, arn, error};

/// The operation.
pub struct AddTags;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail's ARN.
    resource_id: String,
    /// The tags.
    #[shape(length = 0..=200)]
    tags_list: Vec<Tag>,
}

impl Operation for AddTags {
    const NAME: &'static str = "AddTags";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"ResourceId": "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit", "TagsList": [{"Key": "team", "Value": "security"}]}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        arn::parse(&input.resource_id).ok_or_else(|| error::invalid_arn(&input.resource_id))?;
        Found::find(call, &input.resource_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        tag::condition(Some(&input.tags_list), key)
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<()> {
        let mut trail = found.trail.value.clone();
        tag::add(&mut trail.tags, &input.tags_list, &input.resource_id)?;
        found.save(call.service, &trail).await
    }
}
