//! TagPolicy: adds tags to a policy, or overwrites them by key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{ManagedPolicy};
use crate::found::{Found};
use crate::shape::{Arn};
use crate::tag::{TagList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct TagPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
    tags: TagList,
}

impl Operation for TagPolicy {
    const NAME: &'static str = "TagPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers", "Tags": [{"Key": "team", "Value": "core"}]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<ManagedPolicy>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<ManagedPolicy>> {
        call.service.find_own_policy(call, &input.policy_arn).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<ManagedPolicy>>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<ManagedPolicy>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::merged(&changed.tags, input.tags.as_slice())?;
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
