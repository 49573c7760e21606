//! ListPolicyTags: lists the tags of a managed policy.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::found::{AnyPolicy};
use crate::page::{Wanted};
use crate::shape::{Arn, Marker, MaxItems};
use crate::tag::{Tag};
use crate::{Call, Iam};

/// The operation.
pub struct ListPolicyTags;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
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

impl Operation for ListPolicyTags {
    const NAME: &'static str = "ListPolicyTags";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = AnyPolicy;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<AnyPolicy> {
        call.service.find_policy(call, &input.policy_arn).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<AnyPolicy>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let tags = match &*target {
            AnyPolicy::Own(policy) => policy.tags.as_slice(),
            AnyPolicy::Aws(..) => &[],
        };
        let page = wanted.of(tags)?;
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, tags: page.items })
    }
}
