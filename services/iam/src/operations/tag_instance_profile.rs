//! TagInstanceProfile: adds tags to an instance profile, or overwrites them by key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{InstanceProfile};
use crate::found::{Found};
use crate::shape::{InstanceProfileName};
use crate::tag::{TagList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct TagInstanceProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
    tags: TagList,
}

impl Operation for TagInstanceProfile {
    const NAME: &'static str = "TagInstanceProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "app", "Tags": [{"Key": "team", "Value": "core"}]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<InstanceProfile>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<InstanceProfile>> {
        call.service.find(call, &input.instance_profile_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<InstanceProfile>>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<InstanceProfile>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::merged(&changed.tags, input.tags.as_slice())?;
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
