//! RemoveRoleFromInstanceProfile: takes a role out of an instance profile.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::found::{PassedRole, ProfileAndRole};
use crate::shape::{InstanceProfileName, RoleName};
use crate::{Call, Iam, attach, error, path};

/// The operation.
pub struct RemoveRoleFromInstanceProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
    role_name: RoleName,
}

impl Operation for RemoveRoleFromInstanceProfile {
    const NAME: &'static str = "RemoveRoleFromInstanceProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "app", "RoleName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = ProfileAndRole;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<ProfileAndRole> {
        let profile = call.service.find(call, &input.instance_profile_name).await?;
        let role = call.service.find(call, &input.role_name).await?;
        Ok(ProfileAndRole { profile, role: PassedRole(role) })
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<ProfileAndRole>) -> Result<()> {
        attach::refuse_protected(&*target.role.0)?;
        let mut edit = call.service.edit(&target.role.account).await?;
        let mut profile = target.profile.stored.value.clone();
        let mut role = target.role.stored.value.clone();
        let index =
            path::profiles_of(&role.account, &role.name) + &profile.name.to_ascii_lowercase();
        if profile.role.as_ref() != Some(&role.name) {
            return Err(error::role_not_in_profile(&role.name, &profile.name));
        }
        profile.role = None;
        role.profiles = role.profiles.saturating_sub(1);
        edit.delete(&index);
        edit.replace(&target.profile.stored, &profile)?;
        edit.replace(&target.role.stored, &role)?;
        edit.commit().await
    }
}
