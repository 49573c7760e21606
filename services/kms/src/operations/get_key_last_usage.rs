//! GetKeyLastUsage: tells when a key was used last, and for what.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::last_use::LastUse;
use crate::subject::Subject;
use crate::{Call, KeyId, Kms};

/// GetKeyLastUsage.
pub struct GetKeyLastUsage;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's id.
    pub key_id: String,
    /// The last use; empty for a key that was never used.
    pub key_last_usage: Usage,
    /// Since when uses are noted: all the key's life.
    pub tracking_start_date: Timestamp,
    /// When the key was made.
    pub key_creation_date: Timestamp,
}

/// A use, as the reply has it.
#[derive(Debug, Default, Reply)]
pub struct Usage {
    /// The operation.
    pub operation: Option<String>,
    /// When.
    pub timestamp: Option<Timestamp>,
    /// The event in the trail.
    pub cloud_trail_event_id: Option<String>,
    /// The request.
    pub kms_request_id: Option<String>,
}

impl Operation for GetKeyLastUsage {
    const NAME: &'static str = "GetKeyLastUsage";
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
        let last = call.service.last_use(&subject).await?;
        Ok(Output {
            key_id: subject.id.clone(),
            key_last_usage: last.map(Usage::from).unwrap_or_default(),
            tracking_start_date: subject.created,
            key_creation_date: subject.created,
        })
    }
}

impl From<LastUse> for Usage {
    fn from(used: LastUse) -> Self {
        Self {
            operation: Some(used.operation),
            timestamp: Some(used.at),
            cloud_trail_event_id: Some(used.event_id),
            kms_request_id: Some(used.request_id),
        }
    }
}
