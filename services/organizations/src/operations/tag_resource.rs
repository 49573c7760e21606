//! TagResource: sets tags of a root, a unit, an account or a policy.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::shapes::TaggableId;
use crate::tag::{self, Tag};
use crate::tagged::Tagged;
use crate::{Call, Organizations};

/// TagResource.
pub struct TagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The root, unit, account or policy.
    pub resource_id: TaggableId,
    /// The tags; those of the same name are replaced.
    pub tags: Vec<Tag>,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"ResourceId": "r-a1b2", "Tags": [{"Key": "team", "Value": "payments"}]}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Tagged;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Tagged> {
        Tagged::find(call, &input.resource_id.0).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Tagged>, key: &str) -> Option<Values<'v>> {
        tag::condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, tagged: Authorized<Tagged>) -> Result<()> {
        let mut tags = tagged.tags();
        tag::add(&mut tags, &input.tags)?;
        tagged.save(call.service, tags).await
    }
}
