//! RemoveTagsFromResource: takes tags off a parameter.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::find::Slot;
use crate::shapes::ResourceType;
use crate::tag::{self, TagKey};
use crate::{Call, Ssm};

/// RemoveTagsFromResource.
pub struct RemoveTagsFromResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// What is tagged; here always a parameter.
    pub resource_type: ResourceType,
    /// The parameter's name.
    pub resource_id: String,
    /// The names of the tags; those that are not there do not matter.
    pub tag_keys: Vec<TagKey>,
}

impl Operation for RemoveTagsFromResource {
    const NAME: &'static str = "RemoveTagsFromResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{
        "ResourceType": "Parameter", "ResourceId": "/prod/db/password", "TagKeys": ["team"]
    }"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        call.service.tagged(call, input.resource_type, &input.resource_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Slot>, key: &str) -> Option<Values<'v>> {
        if key == "aws:tagkeys" { tag::names(input.tag_keys.iter()) } else { None }
    }

    async fn run(call: &Call<'_>, input: &Input, slot: Authorized<Slot>) -> Result<()> {
        let found = slot.parameter()?;
        let mut changed = found.value.clone();
        for key in &input.tag_keys {
            changed.tags.remove(&key.0);
        }
        call.service.replace(found, &changed).await
    }
}
