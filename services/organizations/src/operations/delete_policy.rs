//! DeletePolicy: deletes a policy that is attached to nothing.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};
use strongroom_store::Range;

use crate::find::Found;
use crate::policy::Held;
use crate::shapes::PolicyId;
use crate::{Call, Organizations, error, paths};

/// DeletePolicy.
pub struct DeletePolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The policy.
    pub policy_id: PolicyId,
}

impl Operation for DeletePolicy {
    const NAME: &'static str = "DeletePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyId": "p-a1b2c3d4"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Held>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Held>> {
        call.service.find_policy(call, &input.policy_id.0).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found<Held>>) -> Result<()> {
        let organization = &found.organization;
        let Held::Own(policy) = &found.of else { return Err(error::immutable_policy()) };
        let attached = Range::prefix(paths::attachment(organization, &policy.id, ""));
        if organization.service_control.enabled && call.service.any(attached).await? {
            return Err(error::policy_in_use());
        }
        let mut edit = call.service.edit(organization);
        edit.remove(policy);
        edit.delete(&paths::policy_name(organization, &policy.name));
        edit.organization.policies -= 1;
        edit.commit().await
    }
}
