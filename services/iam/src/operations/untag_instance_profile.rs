//! UntagInstanceProfile: removes tags from an instance profile.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{InstanceProfile};
use crate::found::{Found};
use crate::shape::{InstanceProfileName};
use crate::tag::{TagKeyList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct UntagInstanceProfile;

/// The request.
#[derive(Shape)]
pub struct Input {
    instance_profile_name: InstanceProfileName,
    tag_keys: TagKeyList,
}

impl Operation for UntagInstanceProfile {
    const NAME: &'static str = "UntagInstanceProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "app", "TagKeys": ["team"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<InstanceProfile>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<InstanceProfile>> {
        call.service.find(call, &input.instance_profile_name).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<InstanceProfile>>, key: &str) -> Option<Values<'v>> {
        tag::unset_condition(&input.tag_keys, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<InstanceProfile>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::without(&changed.tags, &input.tag_keys);
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
