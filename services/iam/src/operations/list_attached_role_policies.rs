//! ListAttachedRolePolicies: lists the managed policies attached to a role.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{Marker, MaxItems, PolicyPath, RoleName};
use crate::{Call, Iam, attach, shown};

/// The operation.
pub struct ListAttachedRolePolicies;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    path_prefix: Option<PolicyPath>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    attached_policies: Vec<shown::AttachedPolicy>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListAttachedRolePolicies {
    const NAME: &'static str = "ListAttachedRolePolicies";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"RoleName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let prefix = input.path_prefix.as_deref().unwrap_or("/");
        let page = wanted.of(&attach::attached(&target.policies, prefix))?;
        Ok(Output {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            attached_policies: page.items,
        })
    }
}
