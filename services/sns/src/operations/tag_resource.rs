//! TagResource: sets tags of a topic.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::shapes::ResourceArn;
use crate::tag::{self, Tag};
use crate::topic::Found;
use crate::{Call, Sns, error, find};

/// TagResource.
pub struct TagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The topic.
    pub resource_arn: ResourceArn,
    /// The tags; those of the same name are replaced.
    pub tags: Vec<Tag>,
}

/// Its reply, which says nothing.
#[derive(Debug, Reply)]
pub struct Output {}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"ResourceArn": "arn:aws:sns:us-east-1:123456789012:alerts", "Tags": [{"Key": "team", "Value": "payments"}]}"#;

    type Service = Sns;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        find::tagged(call, &input.resource_arn.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        tag::condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, topic: Authorized<Found>) -> Result<Output> {
        let mut changed = topic.topic.value.clone();
        tag::add(&mut changed.tags, &input.tags)?;
        let mut changes = call.service.records.changes();
        changes.replace(&topic.topic, &changed).map_err(error::of_record)?;
        call.service.commit(changes).await?;
        Ok(Output {})
    }
}
