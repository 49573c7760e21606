//! AttachPolicy: attaches a policy to a root, a unit or an account.

use strongroom_api::{Audit, Authorized, Demands, Operation, Result, Shape};

use crate::attachment::Attachment;
use crate::shapes::{PolicyId, PolicyTargetId};
use crate::{Call, Organizations, error, paths};

/// AttachPolicy.
pub struct AttachPolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The policy.
    pub policy_id: PolicyId,
    /// What to attach it to.
    pub target_id: PolicyTargetId,
}

/// How many policies of a type can be attached to one target.
const MOST_ATTACHED: usize = 5;

impl Operation for AttachPolicy {
    const NAME: &'static str = "AttachPolicy";
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
        target.demands("organizations:AttachPolicy")
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Attachment>) -> Result<()> {
        let organization = &target.policy.organization;
        let (policy, node) = (&target.policy.of, &target.node.of);
        if !organization.service_control.enabled {
            return Err(error::policy_type_not_enabled());
        }
        let mut policies = node.policies(organization);
        if policies.iter().any(|id| id == policy.id()) {
            return Err(error::duplicate_attachment());
        }
        if policies.len() >= MOST_ATTACHED {
            return Err(error::too_many_attached());
        }
        policies.push(policy.id().to_owned());
        let mut edit = call.service.edit(organization);
        edit.index(&paths::attachment(organization, policy.id(), &node.id));
        edit.attach(node, policies)?;
        edit.commit().await
    }
}
