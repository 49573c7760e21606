//! ListAttachedUserPolicies: lists the managed policies attached to a user.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{Marker, MaxItems, PolicyPath, UserName};
use crate::{Call, Iam, attach, shown};

/// The operation.
pub struct ListAttachedUserPolicies;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: UserName,
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

impl Operation for ListAttachedUserPolicies {
    const NAME: &'static str = "ListAttachedUserPolicies";
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
        let prefix = input.path_prefix.as_deref().unwrap_or("/");
        let page = wanted.of(&attach::attached(&target.policies, prefix))?;
        Ok(Output {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            attached_policies: page.items,
        })
    }
}
