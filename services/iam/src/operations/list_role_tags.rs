//! ListRoleTags: lists the tags of a role.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Role};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{Marker, MaxItems, RoleName};
use crate::tag::{Tag};
use crate::{Call, Iam};

/// The operation.
pub struct ListRoleTags;

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
    tags: Vec<Tag>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListRoleTags {
    const NAME: &'static str = "ListRoleTags";
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
        let page = wanted.of(&target.tags)?;
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, tags: page.items })
    }
}
