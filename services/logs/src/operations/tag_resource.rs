//! TagResource: sets tags of a log group.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::name::{Reference, ResourceArn};
use crate::tag::{self, Tags};
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// TagResource.
pub struct TagResource;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The ARN of the group, without `:*`.
    pub resource_arn: ResourceArn,
    /// The tags; those of the same key are replaced.
    pub tags: Tags,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"resourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:/app/web", "tags": {"team": "payments"}}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_tagged(call, Reference::of_arn(&input.resource_arn.0)?).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v FoundGroup>, key: &str) -> Option<Values<'v>> {
        tag::request_condition(&input.tags, key)
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        tag::check(&input.tags)?;
        let mut group = found.value.clone();
        tag::add(&mut group.tags, &input.tags, &found.value.arn())?;
        call.service.save_group(&found, group).await
    }
}
