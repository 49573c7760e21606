//! ListGroupPolicies: lists the inline policies of a group.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Group};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{GroupName, Marker, MaxItems};
use crate::{Call, Iam};

/// The operation.
pub struct ListGroupPolicies;

/// The request.
#[derive(Shape)]
pub struct Input {
    group_name: GroupName,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policy_names: Vec<String>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListGroupPolicies {
    const NAME: &'static str = "ListGroupPolicies";
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
        let names: Vec<_> = target.policies.inline.keys().cloned().collect();
        let page = wanted.of(&names)?;
        Ok(Output {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            policy_names: page.items,
        })
    }
}
