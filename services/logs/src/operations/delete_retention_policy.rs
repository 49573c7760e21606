//! DeleteRetentionPolicy: lets a group keep its events for good.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::group::Group;
use crate::name::GroupName;
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// DeleteRetentionPolicy.
pub struct DeleteRetentionPolicy;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
}

impl Operation for DeleteRetentionPolicy {
    const NAME: &'static str = "DeleteRetentionPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        let group = Group { retention_days: None, ..found.value.clone() };
        call.service.save_group(&found, group).await
    }
}
