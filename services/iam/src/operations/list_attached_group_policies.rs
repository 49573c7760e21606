//! ListAttachedGroupPolicies: lists the managed policies attached to a group.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Group};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{GroupName, Marker, MaxItems, PolicyPath};
use crate::{Call, Iam, attach, shown};

/// The operation.
pub struct ListAttachedGroupPolicies;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
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

impl Operation for ListAttachedGroupPolicies {
    const NAME: &'static str = "ListAttachedGroupPolicies";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<Group>>) -> Result<Output> {
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
