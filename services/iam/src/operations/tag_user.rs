//! TagUser: adds tags to an user, or overwrites them by key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{User};
use crate::found::{Found};
use crate::shape::{ExistingUserName};
use crate::tag::{TagList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct TagUser;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: ExistingUserName,
    tags: TagList,
}

impl Operation for TagUser {
    const NAME: &'static str = "TagUser";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "Tags": [{"Key": "team", "Value": "core"}]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<User>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<User>> {
        call.service.find(call, &input.user_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<User>>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<User>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::merged(&changed.tags, input.tags.as_slice())?;
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
