//! GetInstanceProfile: shows an instance profile.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{InstanceProfile};
use crate::found::{Found};
use crate::shape::{InstanceProfileName};
use crate::{Call, Iam, shown};

/// The operation.
pub struct GetInstanceProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    instance_profile: shown::Profile,
}

impl Operation for GetInstanceProfile {
    const NAME: &'static str = "GetInstanceProfile";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<InstanceProfile>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<InstanceProfile>> {
        call.service.find(call, &input.instance_profile_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<InstanceProfile>>) -> Result<Output> {
        let role = call.service.role_in(&target).await?;
        Ok(Output { instance_profile: shown::Profile::whole(&target, role) })
    }
}
