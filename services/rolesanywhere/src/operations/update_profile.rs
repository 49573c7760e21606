//! UpdateProfile: changes what of a profile is named.

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Rest, Result, Shape, Target, Values,
};

use crate::find::{self, Found, PassedRole};
use crate::profile::{self, Profile, ProfileReply};
use crate::shapes::{Duration, PolicyArn, ProfileId, ResourceName, RoleArn};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct UpdateProfile;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    profile_id: ProfileId,
    name: Option<ResourceName>,
    #[shape(length = 1..=100_000)]
    session_policy: Option<String>,
    #[shape(length = 0..=250)]
    role_arns: Option<Vec<RoleArn>>,
    #[shape(length = 0..=50)]
    managed_policy_arns: Option<Vec<PolicyArn>>,
    duration_seconds: Option<Duration>,
    accept_role_session_name: Option<bool>,
}

/// A profile, with the roles that are passed to it.
pub struct Changed {
    profile: Found<Profile>,
    roles: Vec<PassedRole>,
}

impl Target for Changed {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        self.profile.arn()
    }

    fn account(&self) -> &str {
        self.profile.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.profile.tag(key)
    }
}

impl Operation for UpdateProfile {
    const NAME: &'static str = "UpdateProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"profileId": "0f0e0d0c-0b0a-4908-8706-050403020100", "durationSeconds": 900}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("PATCH", "/profile/{profileId}"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Changed;
    type Output = ProfileReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Changed> {
        let profile = find::find(call, &input.profile_id.0).await?;
        let roles = input.role_arns.iter().flatten();
        Ok(Changed { profile, roles: roles.map(|role| PassedRole::of(&role.0)).collect() })
    }

    fn demands<'t>(_: &'t Input, changed: &'t Changed) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(changed)]);
        demands.extend(changed.roles.iter().map(|role| Demand::of("iam:PassRole", role)));
        demands
    }

    fn condition<'v>(_: &'v Input, _: Option<&'v Changed>, key: &str) -> Option<Values<'v>> {
        (key == "iam:passedtoservice").then(|| Values::one("rolesanywhere.amazonaws.com"))
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Changed>,
    ) -> Result<ProfileReply> {
        profile::check_policy(input.session_policy.as_deref())?;
        let edit = |profile: &mut Profile| {
            if let Some(name) = &input.name {
                profile.facts.name.clone_from(&name.0);
            }
            if let Some(policy) = &input.session_policy {
                profile.session_policy = Some(policy.clone());
            }
            if let Some(roles) = &input.role_arns {
                profile.role_arns = roles.iter().map(|role| role.0.clone()).collect();
            }
            if let Some(policies) = &input.managed_policy_arns {
                profile.managed_policy_arns = policies.iter().map(|one| one.0.clone()).collect();
            }
            if let Some(duration) = input.duration_seconds {
                profile.duration_seconds = duration.0;
            }
            if let Some(accept) = input.accept_role_session_name {
                profile.accept_role_session_name = accept;
            }
            Ok(())
        };
        let changed = call.service.change(call, &found.profile.read, edit).await?;
        Ok((&changed).into())
    }
}
