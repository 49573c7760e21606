//! UntagResource: removes tags of a key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::state::Act;
use crate::subject::Subject;
use crate::tag::{self, TagKey};
use crate::{Call, Key, KeyId, Kms};

/// UntagResource.
pub struct UntagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// The names of the tags; those that are not there are passed over.
    pub tag_keys: Vec<TagKey>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "TagKeys": ["team"]}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        (key == "aws:tagkeys").then(|| tag::names(input.tag_keys.iter())).flatten()
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<()> {
        subject.check_customer_managed()?;
        subject.check_state(Act::Edit, call.now)?;
        let mut changed = Key::clone(&subject);
        changed.tags.retain(|name, _| !input.tag_keys.iter().any(|key| key.0 == *name));
        call.service.save(&subject, &changed).await
    }
}
