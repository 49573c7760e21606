//! UntagResource: removes tags from a function.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape, Values};

use crate::find::Found;
use crate::shapes::{TagKey, TaggableResource};
use crate::tag;
use crate::{Call, Lambda};

/// The operation.
pub struct UntagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    resource: TaggableResource,
    tag_keys: Vec<TagKey>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const EVENT: &'static str = "UntagResource20170331v2";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Resource": "arn:aws:lambda:us-east-1:123456789012:function:rotate", "TagKeys": ["team"]}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("DELETE", "/2017-03-31/tags/{Resource}")
            .status(204)
            .request(&[("TagKeys", Place::Queries("tagKeys"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.resource.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        (key == "aws:tagkeys")
            .then(|| tag::names(input.tag_keys.iter().map(|key| &key.0)))
            .flatten()
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<()> {
        let mut function = found.function.value.clone();
        function.tags.retain(|key, _| !input.tag_keys.iter().any(|one| one.0 == *key));
        call.service.replace(&found.function, &function).await
    }
}
