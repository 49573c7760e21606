//! CancelKeyDeletion: takes back that a key is to be deleted. The key is disabled then.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, find, paths};

/// CancelKeyDeletion.
pub struct CancelKeyDeletion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
}

impl Operation for CancelKeyDeletion {
    const NAME: &'static str = "CancelKeyDeletion";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, subject: Authorized<Subject>) -> Result<Output> {
        subject.check_state(Act::CancelDeletion, call.now)?;
        let changed = Key { deletion: None, enabled: false, ..Key::clone(&subject) };
        let mut changes = call.service.records.changes();
        find::put(&mut changes, &subject, &changed)?;
        if let Some(at) = subject.deletion.and_then(|deletion| deletion.at) {
            changes.delete(&paths::deletion(at, &subject.path()));
        }
        call.service.commit(changes).await?;
        Ok(Output { key_id: subject.arn().to_owned() })
    }
}
