//! DetachPolicy: detaches a policy from a root, a unit or an account.

use strongroom_api::{Audit, Authorized, Demands, Operation, Result, Shape};

use crate::attachment::Attachment;
use crate::shapes::{PolicyId, PolicyTargetId};
use crate::{Call, Organizations, error, paths};

/// DetachPolicy.
pub struct DetachPolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The policy.
    pub policy_id: PolicyId,
    /// What to detach it from.
    pub target_id: PolicyTargetId,
}

impl Operation for DetachPolicy {
    const NAME: &'static str = "DetachPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyId": "p-FullAWSAccess", "TargetId": "r-a1b2"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Attachment;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Attachment> {
        Attachment::find(call, &input.policy_id, &input.target_id).await
    }

    fn demands<'t>(_: &'t Input, target: &'t Attachment) -> Demands<'t> {
        target.demands("organizations:DetachPolicy")
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Attachment>) -> Result<()> {
        let organization = &target.policy.organization;
        let (policy, node) = (&target.policy.of, &target.node.of);
        let mut policies = node.policies(organization);
        let place = policies.iter().position(|id| id == policy.id());
        let place = place.ok_or_else(error::not_attached)?;
        // AWS keeps every target under at least one policy, or nothing could be done there at all.
        if policies.len() == 1 {
            return Err(error::last_attached());
        }
        policies.remove(place);
        let mut edit = call.service.edit(organization);
        edit.delete(&paths::attachment(organization, policy.id(), &node.id));
        edit.attach(node, policies)?;
        edit.commit().await
    }
}
