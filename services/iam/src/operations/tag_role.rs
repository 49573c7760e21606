//! TagRole: adds tags to a role, or overwrites them by key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{RoleName};
use crate::tag::{TagList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct TagRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    tags: TagList,
}

impl Operation for TagRole {
    const NAME: &'static str = "TagRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "Tags": [{"Key": "team", "Value": "core"}]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<Role>>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::merged(&changed.tags, input.tags.as_slice())?;
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
