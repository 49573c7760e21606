//! DeleteInstanceProfile: deletes an instance profile without a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{InstanceProfile};
use crate::found::{Found};
use crate::shape::{InstanceProfileName};
use crate::{Call, Iam, error};

/// The operation.
pub struct DeleteInstanceProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
}

impl Operation for DeleteInstanceProfile {
    const NAME: &'static str = "DeleteInstanceProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<InstanceProfile>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<InstanceProfile>> {
        call.service.find(call, &input.instance_profile_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<InstanceProfile>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        if target.role.is_some() {
            return Err(error::still_in_profile());
        }
        edit.remove(&target.stored);
        edit.ledger.instance_profiles = edit.ledger.instance_profiles.saturating_sub(1);
        edit.commit().await
    }
}
