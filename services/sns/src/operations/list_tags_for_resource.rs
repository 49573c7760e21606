//! ListTagsForResource: lists the tags of a topic.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::ResourceArn;
use crate::tag::ShownTag;
use crate::topic::Found;
use crate::{Call, Sns, find};

/// ListTagsForResource.
pub struct ListTagsForResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub resource_arn: ResourceArn,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The tags.
    pub tags: Vec<ShownTag>,
}

impl Operation for ListTagsForResource {
    const NAME: &'static str = "ListTagsForResource";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"ResourceArn": "arn:aws:sns:us-east-1:123456789012:alerts"}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::tagged(call, &input.resource_arn.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, topic: Authorized<Found>) -> Result<Output> {
        let tags = topic.tags.iter();
        let tags = tags.map(|(key, value)| ShownTag { key: key.clone(), value: value.clone() });
        Ok(Output { tags: tags.collect() })
    }
}
