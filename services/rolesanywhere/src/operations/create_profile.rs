//! CreateProfile: says which roles certificates may lead to.

use strongroom_api::{
    Account, Audit, Authorized, Demand, Demands, Operation, Rest, Result, Shape, Target, Values,
};

use crate::attributes::default_mappings;
use crate::find::PassedRole;
use crate::profile::{self, HOUR, Profile, ProfileReply};
use crate::resource::Facts;
use crate::shapes::{Duration, PolicyArn, ResourceName, RoleArn};
use crate::tag::{self, Tag};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct CreateProfile;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    name: ResourceName,
    require_instance_properties: Option<bool>,
    session_policy: Option<String>,
    #[shape(length = 0..=250)]
    role_arns: Vec<RoleArn>,
    #[shape(length = 0..=50)]
    managed_policy_arns: Option<Vec<PolicyArn>>,
    duration_seconds: Option<Duration>,
    enabled: Option<bool>,
    #[shape(length = 0..=200)]
    tags: Option<Vec<Tag>>,
    accept_role_session_name: Option<bool>,
}

/// A profile that is about to be made, with the roles that are passed to it.
pub struct New {
    account: Account,
    roles: Vec<PassedRole>,
}

impl Target for New {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        self.account.arn()
    }

    fn account(&self) -> &str {
        &self.account.0
    }
}

impl Operation for CreateProfile {
    const NAME: &'static str = "CreateProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"name": "web", "enabled": true,
        "roleArns": ["arn:aws:iam::123456789012:role/web"]}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("POST", "/profiles").status(201));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = New;
    type Output = ProfileReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<New> {
        let roles = input.role_arns.iter().map(|role| PassedRole::of(&role.0)).collect();
        Ok(New { account: Account(call.caller.account().to_owned()), roles })
    }

    fn demands<'t>(_: &'t Input, new: &'t New) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(new)]);
        demands.extend(new.roles.iter().map(|role| Demand::of("iam:PassRole", role)));
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v New>, key: &str) -> Option<Values<'v>> {
        match key {
            "iam:passedtoservice" => Some(Values::one("rolesanywhere.amazonaws.com")),
            key => tag::condition(input.tags.as_deref(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, new: Authorized<New>) -> Result<ProfileReply> {
        profile::check_policy(input.session_policy.as_deref())?;
        let policies = input.managed_policy_arns.iter().flatten();
        let place = (new.account.0.as_str(), call.region);
        let facts = Facts::new(place, &input.name.0, input.enabled, call.now, call.entropy);
        let mut profile = Profile {
            facts,
            role_arns: input.role_arns.iter().map(|role| role.0.clone()).collect(),
            managed_policy_arns: policies.map(|policy| policy.0.clone()).collect(),
            session_policy: input.session_policy.clone(),
            duration_seconds: input.duration_seconds.map_or(HOUR, |duration| duration.0),
            require_instance_properties: input.require_instance_properties.unwrap_or(false),
            accept_role_session_name: input.accept_role_session_name.unwrap_or(false),
            mappings: default_mappings(),
        };
        tag::add(&mut profile.facts.tags, input.tags.as_deref())?;
        call.service.create(&profile).await?;
        Ok((&profile).into())
    }
}
