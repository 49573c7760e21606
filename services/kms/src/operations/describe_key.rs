//! DescribeKey: tells everything about a key but its material.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::GrantToken;
use crate::subject::Subject;
use crate::{Call, KeyId, KeyMetadata, Kms};

/// DescribeKey.
pub struct DescribeKey;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key.
    pub key_metadata: KeyMetadata,
}

impl DescribeKey {
    /// A request for `key_id`.
    #[must_use]
    pub fn input(key_id: &str) -> Input {
        Input { key_id: key_id.into(), grant_tokens: None }
    }
}

impl Operation for DescribeKey {
    const NAME: &'static str = "DescribeKey";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/payments"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_to_describe(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, subject: Authorized<Subject>) -> Result<Output> {
        call.service.keep(call, &subject).await?;
        Ok(Output { key_metadata: KeyMetadata::of(&subject, call.now) })
    }
}
