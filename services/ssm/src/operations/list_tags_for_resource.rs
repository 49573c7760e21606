//! ListTagsForResource: the tags of a parameter.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Slot;
use crate::shapes::ResourceType;
use crate::tag::{self, TagView};
use crate::{Call, Ssm};

/// ListTagsForResource.
pub struct ListTagsForResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// What is tagged; here always a parameter.
    pub resource_type: ResourceType,
    /// The parameter's name.
    pub resource_id: String,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    tag_list: Vec<TagView>,
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"ResourceType": "Parameter", "ResourceId": "/prod/db/password"}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        call.service.tagged(call, input.resource_type, &input.resource_id).await
    }

    async fn run(_: &Call<'_>, _: &Input, slot: Authorized<Slot>) -> Result<Output> {
        Ok(Output { tag_list: tag::views(&slot.parameter()?.tags) })
    }
}
