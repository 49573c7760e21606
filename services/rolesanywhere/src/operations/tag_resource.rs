//! TagResource: adds tags to a resource.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape, Values};

use crate::shapes::ResourceArn;
use crate::tag::{self, Tag};
use crate::tagged::Tagged;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct TagResource;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    resource_arn: ResourceArn,
    #[shape(length = 0..=200)]
    tags: Vec<Tag>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"resourceArn":
        "arn:aws:rolesanywhere:us-east-1:123456789012:profile/0f0e0d0c-0b0a-4908-8706-050403020100", "tags": [{"key": "team", "value": "data"}]}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("POST", "/TagResource").status(201));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Tagged;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Tagged> {
        Tagged::find(call, &input.resource_arn.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Tagged>, key: &str) -> Option<Values<'v>> {
        tag::condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Tagged>) -> Result<Output> {
        found.edit(call, |tags| tag::add(tags, Some(&input.tags))).await?;
        Ok(Output {})
    }
}
