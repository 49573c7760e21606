//! AddTagsToResource: sets tags of a parameter.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::find::Slot;
use crate::shapes::ResourceType;
use crate::tag::{self, Tag};
use crate::{Call, Ssm};

/// AddTagsToResource.
pub struct AddTagsToResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// What is tagged; here always a parameter.
    pub resource_type: ResourceType,
    /// The parameter's name.
    pub resource_id: String,
    /// The tags; those of the same name are replaced.
    #[shape(length = 0..=1000)]
    pub tags: Vec<Tag>,
}

impl Operation for AddTagsToResource {
    const NAME: &'static str = "AddTagsToResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{
        "ResourceType": "Parameter", "ResourceId": "/prod/db/password",
        "Tags": [{"Key": "team", "Value": "payments"}]
    }"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        call.service.tagged(call, input.resource_type, &input.resource_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Slot>, key: &str) -> Option<Values<'v>> {
        tag::condition(&input.tags, key)
    }

    async fn run(call: &Call<'_>, input: &Input, slot: Authorized<Slot>) -> Result<()> {
        let found = slot.parameter()?;
        let mut changed = found.value.clone();
        tag::add(&mut changed.tags, &input.tags)?;
        call.service.replace(found, &changed).await
    }
}
