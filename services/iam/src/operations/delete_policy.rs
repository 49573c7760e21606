//! DeletePolicy: deletes a managed policy that is not attached.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{ManagedPolicy};
use crate::found::{Found};
use crate::shape::{Arn};
use crate::{Call, Iam, error, path};

/// The operation.
pub struct DeletePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
}

impl Operation for DeletePolicy {
    const NAME: &'static str = "DeletePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<ManagedPolicy>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<ManagedPolicy>> {
        call.service.find_own_policy(call, &input.policy_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<ManagedPolicy>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let usage = call.service.usage(&target.account, &input.policy_arn).await?;
        if usage.attachments > 0 || usage.boundaries > 0 {
            return Err(error::policy_in_use());
        }
        if target.versions.len() > 1 {
            return Err(error::policy_has_versions());
        }
        edit.remove(&target.stored);
        edit.delete(&path::usage(&target.account, &input.policy_arn));
        edit.ledger.policies = edit.ledger.policies.saturating_sub(1);
        edit.ledger.policy_versions = edit.ledger.policy_versions.saturating_sub(1);
        edit.commit().await
    }
}
