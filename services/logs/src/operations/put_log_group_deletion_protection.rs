//! PutLogGroupDeletionProtection: guards a group against deletion, or no longer.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::group::Group;
use crate::name::{GroupIdentifier, Reference};
use crate::target::FoundGroup;
use crate::{Call, Logs};

/// PutLogGroupDeletionProtection.
pub struct PutLogGroupDeletionProtection;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group, by name or ARN.
    pub log_group_identifier: GroupIdentifier,
    /// Whether it refuses to be deleted.
    pub deletion_protection_enabled: bool,
}

impl Operation for PutLogGroupDeletionProtection {
    const NAME: &'static str = "PutLogGroupDeletionProtection";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"logGroupIdentifier": "/app/web", "deletionProtectionEnabled": true}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        let reference = Reference::identified(call, &input.log_group_identifier)?;
        call.service.find(call, reference).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        let deletion_protection = input.deletion_protection_enabled;
        let group = Group { deletion_protection, ..found.value.clone() };
        call.service.save_group(&found, group).await
    }
}
