//! ListTagsLogGroup: lists the tags of a log group, as ListTagsForResource does it today.

use std::collections::BTreeMap;

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::name::GroupName;
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// ListTagsLogGroup.
pub struct ListTagsLogGroup;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

impl Operation for ListTagsLogGroup {
    const NAME: &'static str = "ListTagsLogGroup";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<FoundGroup>) -> Result<Output> {
        Ok(Output { tags: found.tags.clone() })
    }
}
