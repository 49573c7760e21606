//! CreatePolicyVersion: adds a version to a managed policy.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{ManagedPolicy, PolicyVersion};
use crate::found::{Found};
use crate::shape::{Arn, Document};
use crate::{Call, Iam, attach, error, shown};

/// The operation.
pub struct CreatePolicyVersion;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
    policy_document: Document,
    set_as_default: Option<bool>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policy_version: shown::PolicyVersion,
}

/// AWS's quota.
const MOST_VERSIONS: usize = 5;

impl Operation for CreatePolicyVersion {
    const NAME: &'static str = "CreatePolicyVersion";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers", "PolicyDocument": "{}"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<ManagedPolicy>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<ManagedPolicy>> {
        call.service.find_own_policy(call, &input.policy_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<ManagedPolicy>>) -> Result<Output> {
        attach::check_managed(&input.policy_document)?;
        let mut edit = call.service.edit(&target.account).await?;
        if target.versions.len() >= MOST_VERSIONS {
            return Err(error::too_many_versions());
        }
        let mut policy = target.stored.value.clone();
        policy.latest += 1;
        policy.updated = call.now;
        if input.set_as_default == Some(true) {
            policy.default = policy.latest;
        }
        let document = input.policy_document.to_string();
        let version = PolicyVersion { number: policy.latest, created: call.now, document };
        policy.versions.push(version.clone());
        edit.ledger.policy_versions += 1;
        edit.replace(&target.stored, &policy)?;
        edit.commit().await?;
        Ok(Output { policy_version: shown::PolicyVersion::of(&policy, &version, false) })
    }
}
