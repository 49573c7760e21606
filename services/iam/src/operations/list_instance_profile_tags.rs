//! ListInstanceProfileTags: lists the tags of an instance profile.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{InstanceProfile};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{InstanceProfileName, Marker, MaxItems};
use crate::tag::{Tag};
use crate::{Call, Iam};

/// The operation.
pub struct ListInstanceProfileTags;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
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

impl Operation for ListInstanceProfileTags {
    const NAME: &'static str = "ListInstanceProfileTags";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "app"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<InstanceProfile>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<InstanceProfile>> {
        call.service.find(call, &input.instance_profile_name).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<InstanceProfile>>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let page = wanted.of(&target.tags)?;
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, tags: page.items })
    }
}
