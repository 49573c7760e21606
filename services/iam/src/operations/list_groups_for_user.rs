//! ListGroupsForUser: lists the groups of a user.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{ExistingUserName, Marker, MaxItems};
use crate::{Call, Iam, shown};

/// The operation.
pub struct ListGroupsForUser;

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
    groups: Vec<shown::GroupShown>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListGroupsForUser {
    const NAME: &'static str = "ListGroupsForUser";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let page = wanted.of(&target.groups)?;
        let mut groups = Vec::with_capacity(page.items.len());
        for id in &page.items {
            let group = call.service.group_of_id(id).await?;
            groups.extend(group.map(|group| shown::GroupShown::of(&group)));
        }
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, groups })
    }
}
