//! UntagResource: takes tags from a resource.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape, Values};

use crate::shapes::ResourceArn;
use crate::tag::TagKey;
use crate::tagged::Tagged;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct UntagResource;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    resource_arn: ResourceArn,
    #[shape(length = 0..=200)]
    tag_keys: Vec<TagKey>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"resourceArn":
        "arn:aws:rolesanywhere:us-east-1:123456789012:profile/0f0e0d0c-0b0a-4908-8706-050403020100", "tagKeys": ["team"]}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("POST", "/UntagResource"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Tagged;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Tagged> {
        Tagged::find(call, &input.resource_arn.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Tagged>, key: &str) -> Option<Values<'v>> {
        let keys = input.tag_keys.iter().map(|key| key.0.as_str().into());
        (key == "aws:tagkeys").then(|| Values::Many(keys.collect()))
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Tagged>) -> Result<Output> {
        let edit = |tags: &mut crate::tag::Tags| {
            tags.retain(|key, _| !input.tag_keys.iter().any(|gone| gone.0 == *key));
            Ok(())
        };
        found.edit(call, edit).await?;
        Ok(Output {})
    }
}
