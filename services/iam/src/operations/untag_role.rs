//! UntagRole: removes tags from a role.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{Role};
use crate::found::{Found};
use crate::shape::{RoleName};
use crate::tag::{TagKeyList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct UntagRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_name: RoleName,
    tag_keys: TagKeyList,
}

impl Operation for UntagRole {
    const NAME: &'static str = "UntagRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleName": "app", "TagKeys": ["team"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Role>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Role>> {
        call.service.find(call, &input.role_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<Role>>, key: &str) -> Option<Values<'v>> {
        tag::unset_condition(&input.tag_keys, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Role>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::without(&changed.tags, &input.tag_keys);
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
