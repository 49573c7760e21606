//! UntagResource: removes tags from a topic.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::shapes::ResourceArn;
use crate::tag::{self, TagKey};
use crate::topic::Found;
use crate::{Call, Sns, error, find};

/// UntagResource.
pub struct UntagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub resource_arn: ResourceArn,
    /// The names of the tags.
    pub tag_keys: Vec<TagKey>,
}

/// Its reply, which says nothing.
#[derive(Debug, Reply)]
pub struct Output {}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"ResourceArn": "arn:aws:sns:us-east-1:123456789012:alerts", "TagKeys": ["team"]}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::tagged(call, &input.resource_arn.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        (key == "aws:tagkeys").then(|| tag::names(input.tag_keys.iter())).flatten()
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<Output> {
        let mut changed = topic.topic.value.clone();
        for key in &input.tag_keys {
            changed.tags.remove(&key.0);
        }
        let mut changes = call.service.records.changes();
        changes.replace(&topic.topic, &changed).map_err(error::of_record)?;
        call.service.commit(changes).await?;
        Ok(Output {})
    }
}
