//! TagResource: sets tags of an alarm.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::find::Found;
use crate::shapes::{Tag, add_tags, tag_condition};
use crate::{Call, Cloudwatch, error};

/// TagResource.
pub struct TagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The ARN of the alarm.
    #[shape(name = "ResourceARN", length = 1..=1024)]
    pub resource_arn: String,
    /// The tags; those of the same name are replaced.
    pub tags: Vec<Tag>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"ResourceARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretAccessDenied", "Tags": [{"Key": "team", "Value": "payments"}]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::with_arn(call, &input.resource_arn).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        tag_condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let mut alarm = found.0.value.clone();
        add_tags(&mut alarm.tags, &input.tags)?;
        let mut changes = call.service.records.changes();
        changes.replace(&found.0, &alarm).map_err(error::of_record)?;
        call.service.records.commit(changes).await.map_err(error::of_record)?;
        Ok(Output {})
    }
}
