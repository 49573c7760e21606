//! DeletePolicyVersion: deletes a version of a managed policy that is not the default.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{ManagedPolicy};
use crate::found::{Found};
use crate::shape::{Arn, VersionId};
use crate::{Call, Iam, attach, error};

/// The operation.
pub struct DeletePolicyVersion;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
    version_id: VersionId,
}

impl Operation for DeletePolicyVersion {
    const NAME: &'static str = "DeletePolicyVersion";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers", "VersionId": "v1"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<ManagedPolicy>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<ManagedPolicy>> {
        call.service.find_own_policy(call, &input.policy_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<ManagedPolicy>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let missing = || error::no_such_version(&input.policy_arn, &input.version_id);
        let number = attach::version(&target, &input.version_id).ok_or_else(missing)?.number;
        if number == target.default {
            return Err(error::default_version());
        }
        let mut policy = target.stored.value.clone();
        policy.versions.retain(|version| version.number != number);
        policy.updated = call.now;
        edit.ledger.policy_versions = edit.ledger.policy_versions.saturating_sub(1);
        edit.replace(&target.stored, &policy)?;
        edit.commit().await
    }
}
