//! ListInstanceProfilesForRole: lists the instance profiles that a role is in.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{InstanceProfile, Role};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{Marker, MaxItems, RoleName};
use crate::{Call, Iam, path, shown};

/// The operation.
pub struct ListInstanceProfilesForRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    instance_profiles: Vec<shown::Profile>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListInstanceProfilesForRole {
    const NAME: &'static str = "ListInstanceProfilesForRole";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"RoleName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let prefix = path::profiles_of(&target.account, &target.name);
        let page = call.service.list_index(&prefix, &wanted).await?;
        let mut instance_profiles = Vec::with_capacity(page.items.len());
        for name in &page.items {
            let profile = call.service.get::<InstanceProfile>(&target.account, name).await?;
            let Some(profile) = profile else { continue };
            let role = call.service.role_in(&profile).await?;
            instance_profiles.push(shown::Profile::brief(&profile, role));
        }
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, instance_profiles })
    }
}
