//! DeleteLogGroup: deletes a log group with everything in it.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::name::GroupName;
use crate::target::FoundGroup;
use crate::{Call, Logs, error};

/// DeleteLogGroup.
pub struct DeleteLogGroup;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
}

impl Operation for DeleteLogGroup {
    const NAME: &'static str = "DeleteLogGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, group: Authorized<FoundGroup>) -> Result<()> {
        if group.deletion_protection {
            return Err(error::deletion_protected());
        }
        call.service.delete_group(&group).await
    }
}
