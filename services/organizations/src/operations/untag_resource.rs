//! UntagResource: removes tags from a root, a unit, an account or a policy.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::shapes::TaggableId;
use crate::tag::{self, TagKey};
use crate::tagged::Tagged;
use crate::{Call, Organizations};

/// UntagResource.
pub struct UntagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The root, unit, account or policy.
    pub resource_id: TaggableId,
    /// The names of the tags.
    pub tag_keys: Vec<TagKey>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"ResourceId": "r-a1b2", "TagKeys": ["team"]}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Tagged;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Tagged> {
        Tagged::find(call, &input.resource_id.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Tagged>, key: &str) -> Option<Values<'v>> {
        (key == "aws:tagkeys").then(|| tag::names(input.tag_keys.iter())).flatten()
    }

    async fn run(call: &Call<'_>, input: &Input, tagged: Authorized<Tagged>) -> Result<()> {
        let mut tags = tagged.tags();
        tag::remove(&mut tags, &input.tag_keys)?;
        tagged.save(call.service, tags).await
    }
}
