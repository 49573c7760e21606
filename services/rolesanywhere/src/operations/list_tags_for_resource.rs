//! ListTagsForResource: the tags of a resource.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};

use crate::shapes::ResourceArn;
use crate::tag::{self, TagView};
use crate::tagged::Tagged;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct ListTagsForResource;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    resource_arn: ResourceArn,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    tags: Vec<TagView>,
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"resourceArn":
        "arn:aws:rolesanywhere:us-east-1:123456789012:profile/0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/ListTagsForResource")
            .request(&[("resourceArn", Place::Query("resourceArn"))]),
    );

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Tagged;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Tagged> {
        Tagged::find(call, &input.resource_arn.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Tagged>) -> Result<Output> {
        Ok(Output { tags: tag::views(found.tags()) })
    }
}
