//! UntagLogGroup: removes tags of a log group, as UntagResource does it today.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::name::GroupName;
use crate::shapes::TagKey;
use crate::tag;
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// UntagLogGroup.
pub struct UntagLogGroup;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// The keys of the tags; one that is not there is no mistake.
    #[shape(length = 1..)]
    pub tags: Vec<TagKey>,
}

impl Operation for UntagLogGroup {
    const NAME: &'static str = "UntagLogGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "tags": ["team"]}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v FoundGroup>, key: &str) -> Option<Values<'v>> {
        let keys = input.tags.iter().map(|key| &key.0);
        (key == "aws:tagkeys").then(|| tag::keys_condition(keys)).flatten()
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        let mut group = found.value.clone();
        input.tags.iter().for_each(|key| {
            group.tags.remove(&key.0);
        });
        call.service.save_group(&found, group).await
    }
}
