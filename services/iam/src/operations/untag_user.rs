//! UntagUser: removes tags from an user.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{ExistingUserName};
use crate::tag::{TagKeyList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct UntagUser;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
    tag_keys: TagKeyList,
}

impl Operation for UntagUser {
    const NAME: &'static str = "UntagUser";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "TagKeys": ["team"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<User>>, key: &str) -> Option<Values<'v>> {
        tag::unset_condition(&input.tag_keys, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::without(&changed.tags, &input.tag_keys);
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
