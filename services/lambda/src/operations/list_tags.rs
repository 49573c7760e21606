//! ListTags: shows the tags of a function.

use strongroom_api::{Audit, Authorized, Operation, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::TaggableResource;
use crate::tag::Tags;
use crate::{Call, Lambda};

/// The operation.
pub struct ListTags;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    resource: TaggableResource,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    tags: Tags,
}

impl Operation for ListTags {
    const NAME: &'static str = "ListTags";
    const EVENT: &'static str = "ListTags20170331";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"Resource": "arn:aws:lambda:us-east-1:123456789012:function:rotate"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/2017-03-31/tags/{Resource}"));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.resource.0).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        Ok(Output { tags: found.function.tags.clone() })
    }
}
