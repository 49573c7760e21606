//! ListTagsForResource: lists the tags of a log group.

use std::collections::BTreeMap;

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::name::{Reference, ResourceArn};
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// ListTagsForResource.
pub struct ListTagsForResource;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The ARN of the group, without `:*`.
    pub resource_arn: ResourceArn,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"resourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:/app/web"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_tagged(call, Reference::of_arn(&input.resource_arn.0)?).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<FoundGroup>) -> Result<Output> {
        Ok(Output { tags: found.tags.clone() })
    }
}
