//! UntagPolicy: removes tags from a policy.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{ManagedPolicy};
use crate::found::{Found};
use crate::shape::{Arn};
use crate::tag::{TagKeyList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct UntagPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
    tag_keys: TagKeyList,
}

impl Operation for UntagPolicy {
    const NAME: &'static str = "UntagPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers", "TagKeys": ["team"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<ManagedPolicy>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<ManagedPolicy>> {
        call.service.find_own_policy(call, &input.policy_arn).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<ManagedPolicy>>, key: &str) -> Option<Values<'v>> {
        tag::unset_condition(&input.tag_keys, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<ManagedPolicy>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::without(&changed.tags, &input.tag_keys);
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
