//! ListTagsForResource: lists the tags of a root, a unit, an account or a policy.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::{NextToken, TaggableId};
use crate::tag::{Tag, TagKey};
use crate::tagged::Tagged;
use crate::{Call, Organizations};

/// ListTagsForResource.
pub struct ListTagsForResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The root, unit, account or policy.
    pub resource_id: TaggableId,
    /// Where to go on. One page holds all tags.
    pub next_token: Option<NextToken>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The tags.
    pub tags: Vec<Tag>,
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"ResourceId": "r-a1b2"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Tagged;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Tagged> {
        Tagged::find(call, &input.resource_id.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, tagged: Authorized<Tagged>) -> Result<Output> {
        let tag = |(name, value)| Tag { key: TagKey(name), value };
        Ok(Output { tags: tagged.tags().into_iter().map(tag).collect() })
    }
}
