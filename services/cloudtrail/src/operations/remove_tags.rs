//! RemoveTags: takes tags off a trail.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::find::Found;
use crate::tag::{self, Tag};
use crate::{Call, CloudTrail, arn, error};

/// The operation.
pub struct RemoveTags;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// The trail's ARN.
    resource_id: String,
    /// The tags.
    #[shape(length = 0..=200)]
    tags_list: Vec<Tag>,
}

impl Operation for RemoveTags {
    const NAME: &'static str = "RemoveTags";
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
        for tag in &input.tags_list {
            // With a value only a tag of that value is meant.
            let value = trail.tags.get(&tag.key);
            if value.is_some() && tag.value.as_ref().is_none_or(|wanted| Some(wanted) == value) {
                trail.tags.remove(&tag.key);
            }
        }
        found.save(call.service, &trail).await
    }
}
