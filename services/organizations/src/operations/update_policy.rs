//! UpdatePolicy: changes a policy; it is in force at once wherever it is attached.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Found;
use crate::join::Claim;
use crate::policy::{self, Held};
use crate::shapes::{PolicyContent, PolicyDescription, PolicyId, PolicyName};
use crate::views::PolicyView;
use crate::{Call, Organizations, error, paths};

/// UpdatePolicy.
pub struct UpdatePolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The policy.
    pub policy_id: PolicyId,
    /// Its new name.
    pub name: Option<PolicyName>,
    /// What is said about it from now on.
    pub description: Option<PolicyDescription>,
    /// Its new document.
    pub content: Option<PolicyContent>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The policy as it is now.
    pub policy: PolicyView,
}

impl Operation for UpdatePolicy {
    const NAME: &'static str = "UpdatePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyId": "p-a1b2c3d4", "Description": "secrets stay"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Held>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Held>> {
        call.service.find_policy(call, &input.policy_id.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found<Held>>) -> Result<Output> {
        let organization = &found.organization;
        let Held::Own(had) = &found.of else { return Err(error::immutable_policy()) };
        let mut changed = had.edited();
        let mut edit = call.service.edit(organization);
        if let Some(name) = input.name.as_ref().filter(|name| name.0 != had.name) {
            let claim = paths::policy_name(organization, &name.0);
            let taken = call.service.claim(&claim).await?.is_some();
            if taken || name.0 == Held::FullAccess.name() {
                return Err(error::duplicate_policy());
            }
            edit.delete(&paths::policy_name(organization, &had.name));
            edit.create(&claim, &Claim { holder: had.id.clone() })?;
            changed.name.clone_from(&name.0);
        }
        if let Some(description) = &input.description {
            changed.description.clone_from(&description.0);
        }
        if let Some(content) = &input.content {
            policy::check(&content.0)?;
            changed.content.clone_from(&content.0);
        }
        edit.replace(had, &changed)?;
        edit.commit().await?;
        Ok(Output { policy: PolicyView::of_record(organization, &changed) })
    }
}
