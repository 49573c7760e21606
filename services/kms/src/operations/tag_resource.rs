//! TagResource: sets tags of a key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::state::Act;
use crate::subject::Subject;
use crate::tag::{self, Tag};
use crate::{Call, Key, KeyId, Kms};

/// TagResource.
pub struct TagResource;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// The tags; those of the same name are replaced.
    pub tags: Vec<Tag>,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [{"TagKey": "team", "TagValue": "payments"}]}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        tag::condition(&input.tags, key)
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<()> {
        subject.check_customer_managed()?;
        subject.check_state(Act::Edit, call.now)?;
        let mut changed = Key::clone(&subject);
        tag::add(&mut changed.tags, &input.tags)?;
        call.service.save(&subject, &changed).await
    }
}
