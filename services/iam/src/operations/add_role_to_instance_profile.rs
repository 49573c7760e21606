//! AddRoleToInstanceProfile: puts a role into an instance profile.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Values};

use crate::found::{PassedRole, ProfileAndRole};
use crate::shape::{InstanceProfileName, RoleName};
use crate::{Call, Iam, attach, error, path};

/// The operation.
pub struct AddRoleToInstanceProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
    role_name: RoleName,
}

impl Operation for AddRoleToInstanceProfile {
    const NAME: &'static str = "AddRoleToInstanceProfile";
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

    fn demands<'t>(_: &'t Input, target: &'t ProfileAndRole) -> Demands<'t> {
        let pass = Demand::of("iam:PassRole", &target.role);
        Demands::from_iter([Demand::own::<Self>(target), pass])
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v ProfileAndRole>,
        key: &str,
    ) -> Option<Values<'v>> {
        let _ = input;
        (key == "iam:passedtoservice").then(|| Values::one("ec2.amazonaws.com"))
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<ProfileAndRole>) -> Result<()> {
        attach::refuse_protected(&*target.role.0)?;
        let mut edit = call.service.edit(&target.role.account).await?;
        let mut profile = target.profile.stored.value.clone();
        let mut role = target.role.stored.value.clone();
        let index =
            path::profiles_of(&role.account, &role.name) + &profile.name.to_ascii_lowercase();
        if profile.role.is_some() {
            return Err(error::limit_exceeded("InstanceSessionsPerInstanceProfile", 1));
        }
        profile.role = Some(role.name.clone());
        role.profiles += 1;
        edit.index(&index);
        edit.replace(&target.profile.stored, &profile)?;
        edit.replace(&target.role.stored, &role)?;
        edit.commit().await
    }
}
