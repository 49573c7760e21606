//! TagLogGroup: sets tags of a log group, as TagResource does it today.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::name::GroupName;
use crate::tag::{self, Tags};
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// TagLogGroup.
pub struct TagLogGroup;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// The tags; those of the same key are replaced.
    pub tags: Tags,
}

impl Operation for TagLogGroup {
    const NAME: &'static str = "TagLogGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "tags": {"team": "payments"}}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v FoundGroup>, key: &str) -> Option<Values<'v>> {
        tag::request_condition(&input.tags, key)
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        tag::check(&input.tags)?;
        let mut group = found.value.clone();
        tag::add(&mut group.tags, &input.tags, &found.value.arn())?;
        call.service.save_group(&found, group).await
    }
}
