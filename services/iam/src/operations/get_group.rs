//! GetGroup: shows a group and its users.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Group, User};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{GroupName, Marker, MaxItems};
use crate::{Call, Iam, path, shown};

/// The operation.
pub struct GetGroup;

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
    group: shown::GroupShown,
    users: Vec<shown::User>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for GetGroup {
    const NAME: &'static str = "GetGroup";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"GroupName": "staff"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Group>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Group>> {
        call.service.find(call, &input.group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Group>>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let members = path::members(&target.account, &target.id);
        let page = call.service.list_index(&members, &wanted).await?;
        let mut users = Vec::with_capacity(page.items.len());
        for name in &page.items {
            let user = call.service.get::<User>(&target.account, name).await?;
            users.extend(user.map(|user| shown::User::brief(&user)));
        }
        Ok(Output {
            group: shown::GroupShown::of(&target),
            users,
            is_truncated: page.is_truncated(),
            marker: page.marker,
        })
    }
}
