//! DisableKeyRotation: has a key keep its material.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, find, rotation};

/// DisableKeyRotation.
pub struct DisableKeyRotation;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
}

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "DisableKeyRotation";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, subject: Authorized<Subject>) -> Result<()> {
        subject.check_customer_managed()?;
        rotation::check_automatic(&subject)?;
        subject.check_state(Act::Use, call.now)?;
        let changed = Key { rotation: None, ..Key::clone(&subject) };
        let mut changes = call.service.records.changes();
        rotation::unlist(&mut changes, &subject);
        let shared = changed.rotation;
        call.service.share(&mut changes, &changed, |key| key.rotation = shared).await?;
        find::put(&mut changes, &subject, &changed)?;
        call.service.commit(changes).await
    }
}
