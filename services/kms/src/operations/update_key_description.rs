//! UpdateKeyDescription: says something else about a key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms};

/// UpdateKeyDescription.
pub struct UpdateKeyDescription;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// What to say.
    #[shape(length = 0..=8192)]
    pub description: String,
}

impl Operation for UpdateKeyDescription {
    const NAME: &'static str = "UpdateKeyDescription";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Description": "for payments"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<()> {
        subject.check_customer_managed()?;
        subject.check_state(Act::Edit, call.now)?;
        let changed = Key { description: input.description.clone(), ..Key::clone(&subject) };
        call.service.save(&subject, &changed).await
    }
}
