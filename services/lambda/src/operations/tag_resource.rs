//! TagResource: adds tags to a function.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape, Values};

use crate::find::Found;
use crate::shapes::TaggableResource;
use crate::tag::{self, Tags};
use crate::{Call, Lambda};

/// The operation.
pub struct TagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    resource: TaggableResource,
    tags: Tags,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const EVENT: &'static str = "TagResource20170331v2";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Resource": "arn:aws:lambda:us-east-1:123456789012:function:rotate", "Tags": {"team": "data"}}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("POST", "/2017-03-31/tags/{Resource}").status(204));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.resource.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        tag::condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<()> {
        let mut function = found.function.value.clone();
        tag::add(&mut function.tags, &input.tags)?;
        call.service.replace(&found.function, &function).await
    }
}
