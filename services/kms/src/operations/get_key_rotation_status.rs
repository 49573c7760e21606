//! GetKeyRotationStatus: tells whether and when a key is rotated by itself.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::state::{Act, KeyState};
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, rotation};

/// GetKeyRotationStatus.
pub struct GetKeyRotationStatus;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// Whether it is.
    pub key_rotation_enabled: bool,
    /// The key's id.
    pub key_id: String,
    /// The days between rotations.
    pub rotation_period_in_days: Option<i32>,
    /// When the next one is due.
    pub next_rotation_date: Option<Timestamp>,
}

impl Operation for GetKeyRotationStatus {
    const NAME: &'static str = "GetKeyRotationStatus";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, subject: Authorized<Subject>) -> Result<Output> {
        rotation::check_symmetric(&subject)?;
        subject.check_state(Act::Look, call.now)?;
        // A key that is about to go is not rotated any more, and AWS says so.
        let ending = subject.state(call.now) == KeyState::PendingDeletion;
        let rotation = subject.rotation.filter(|_| !ending);
        Ok(Output {
            key_rotation_enabled: rotation.is_some(),
            key_id: subject.id.clone(),
            rotation_period_in_days: rotation.map(|rotation| rotation.period_days),
            next_rotation_date: rotation.map(|rotation| rotation.next),
        })
    }
}
