//! PutRetentionPolicy: says how long a group keeps its events.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::group::{Group, RETENTION_DAYS};
use crate::name::GroupName;
use crate::target::FoundGroup;
use crate::{Call, Logs, error};

/// PutRetentionPolicy.
pub struct PutRetentionPolicy;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// For how many days.
    pub retention_in_days: i32,
}

impl Operation for PutRetentionPolicy {
    const NAME: &'static str = "PutRetentionPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "retentionInDays": 7}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        let days = input.retention_in_days;
        if !RETENTION_DAYS.contains(&days) {
            return Err(error::invalid_retention(days, &RETENTION_DAYS));
        }
        let group = Group { retention_days: Some(days), ..found.value.clone() };
        call.service.save_group(&found, group).await
    }
}
