//! UntagResource: removes tags of an alarm.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::find::Found;
use crate::shapes::{TagKey, tag_names};
use crate::{Call, Cloudwatch, error};

/// UntagResource.
pub struct UntagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The ARN of the alarm.
    #[shape(name = "ResourceARN", length = 1..=1024)]
    pub resource_arn: String,
    /// The names of the tags; those that are not there do not matter.
    pub tag_keys: Vec<TagKey>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"ResourceARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretAccessDenied", "TagKeys": ["team"]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::with_arn(call, &input.resource_arn).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        if key == "aws:tagkeys" { tag_names(input.tag_keys.iter()) } else { None }
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let mut alarm = found.0.value.clone();
        alarm.tags.retain(|key, _| !input.tag_keys.iter().any(|removed| removed.0 == *key));
        let mut changes = call.service.records.changes();
        changes.replace(&found.0, &alarm).map_err(error::of_record)?;
        call.service.records.commit(changes).await.map_err(error::of_record)?;
        Ok(Output {})
    }
}
