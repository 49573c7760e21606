//! UntagResource: removes tags of a log group.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::name::{Reference, ResourceArn};
use crate::shapes::TagKey;
use crate::tag;
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// UntagResource.
pub struct UntagResource;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The ARN of the group, without `:*`.
    pub resource_arn: ResourceArn,
    /// The keys of the tags; one that is not there is no mistake.
    #[shape(length = 0..=50)]
    pub tag_keys: Vec<TagKey>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"resourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:/app/web", "tagKeys": ["team"]}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_tagged(call, Reference::of_arn(&input.resource_arn.0)?).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v FoundGroup>, key: &str) -> Option<Values<'v>> {
        let keys = input.tag_keys.iter().map(|key| &key.0);
        (key == "aws:tagkeys").then(|| tag::keys_condition(keys)).flatten()
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        let mut group = found.value.clone();
        input.tag_keys.iter().for_each(|key| {
            group.tags.remove(&key.0);
        });
        call.service.save_group(&found, group).await
    }
}
