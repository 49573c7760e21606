//! CreateInstanceProfile: makes an instance profile.

use strongroom_api::access_key::{IdPrefix, unique_id};
use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::entity::{InstanceProfile};
use crate::found::{Nascent};
use crate::shape::{InstanceProfileName, Path};
use crate::tag::{TagList};
use crate::{Call, Iam, error, shown, tag};

/// The operation.
pub struct CreateInstanceProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
    path: Option<Path>,
    tags: Option<TagList>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    instance_profile: shown::Profile,
}

/// AWS's quota.
const MOST_PROFILES: u32 = 1_000;

impl Operation for CreateInstanceProfile {
    const NAME: &'static str = "CreateInstanceProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        let path = input.path.as_deref().unwrap_or("/");
        Ok(Nascent::new(call, "instance-profile", path, &input.instance_profile_name))
    }

    fn demands<'t>(input: &'t Input, target: &'t Nascent) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(target)]);
        if input.tags.is_some() {
            demands.push(Demand::of("iam:TagInstanceProfile", target));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Nascent>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(input.tags.as_ref(), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        let profile = InstanceProfile {
            account: target.account.clone(),
            name: input.instance_profile_name.to_string(),
            path: input.path.as_deref().unwrap_or("/").to_owned(),
            id: unique_id(IdPrefix::Aipa, &target.account, call.entropy),
            created: call.now,
            tags: tag::initial(input.tags.as_ref())?,
            role: None,
        };
        let mut edit = call.service.edit(&profile.account).await?;
        if call.service.get::<InstanceProfile>(&profile.account, &profile.name).await?.is_some() {
            return Err(error::profile_name_taken(&profile.name));
        }
        if edit.ledger.instance_profiles >= MOST_PROFILES {
            return Err(error::limit_exceeded("InstanceProfilesPerAccount", MOST_PROFILES as usize));
        }
        edit.create(&profile)?;
        edit.ledger.instance_profiles += 1;
        edit.commit().await?;
        Ok(Output { instance_profile: shown::Profile::whole(&profile, None) })
    }
}
