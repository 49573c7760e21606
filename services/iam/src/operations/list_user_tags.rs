//! ListUserTags: lists the tags of an user.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{User};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{ExistingUserName, Marker, MaxItems};
use crate::tag::{Tag};
use crate::{Call, Iam};

/// The operation.
pub struct ListUserTags;

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
    tags: Vec<Tag>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListUserTags {
    const NAME: &'static str = "ListUserTags";
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
        let page = wanted.of(&target.tags)?;
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, tags: page.items })
    }
}
