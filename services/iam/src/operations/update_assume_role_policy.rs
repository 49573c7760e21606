//! UpdateAssumeRolePolicy: replaces the trust policy of a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{Document, RoleName};
use crate::{Call, Iam, attach};

/// The operation.
pub struct UpdateAssumeRolePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    policy_document: Document,
}

impl Operation for UpdateAssumeRolePolicy {
    const NAME: &'static str = "UpdateAssumeRolePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "PolicyDocument": "{}"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        attach::refuse_protected(&**target)?;
        let mut edit = call.service.edit(&target.account).await?;
        let mut role = target.stored.value.clone();
        role.trust = call.service.trust_to_store(&input.policy_document).await?;
        edit.replace(&target.stored, &role)?;
        edit.commit().await
    }
}
