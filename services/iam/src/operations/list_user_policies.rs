//! ListUserPolicies: lists the inline policies of a user.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{ExistingUserName, Marker, MaxItems};
use crate::{Call, Iam};

/// The operation.
pub struct ListUserPolicies;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
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

impl Operation for ListUserPolicies {
    const NAME: &'static str = "ListUserPolicies";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<Output> {
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
