//! GenerateDataKeyWithoutPlaintext: makes a data key, only sealed.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Shape, Values};

use crate::data_key::{self, NumberOfBytes};
use crate::shapes::{DataKeySpec, GrantToken};
use crate::subject::Subject;
use crate::{Call, EncryptionContext, KeyId, Kms, encryption_context};

/// GenerateDataKeyWithoutPlaintext.
pub struct GenerateDataKeyWithoutPlaintext;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// What the data key is about; needed again to open it.
    pub encryption_context: Option<EncryptionContext>,
    /// Its length in bytes, unless `key_spec` says it.
    pub number_of_bytes: Option<NumberOfBytes>,
    /// Its length as a kind of AES key.
    pub key_spec: Option<DataKeySpec>,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The data key sealed under the key.
    pub ciphertext_blob: Blob,
    /// The key's ARN.
    pub key_id: String,
    /// The material that sealed it.
    pub key_material_id: Option<String>,
}

impl Operation for GenerateDataKeyWithoutPlaintext {
    const NAME: &'static str = "GenerateDataKeyWithoutPlaintext";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/payments", "KeySpec": "AES_256"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:encryptionalgorithm" => Some(Values::one("SYMMETRIC_DEFAULT")),
            _ => encryption_context::condition(input.encryption_context.as_ref(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let context = input.encryption_context.as_ref();
        context.map_or(Ok(()), EncryptionContext::check)?;
        let length = data_key::length(input.key_spec, input.number_of_bytes)?;
        let how = (Self::NAME, input.dry_run);
        let data_key = data_key::generate(call, &subject, context, length, how).await?;
        Ok(Output {
            ciphertext_blob: Blob(data_key.ciphertext),
            key_id: subject.arn().to_owned(),
            key_material_id: Some(data_key.material_id),
        })
    }
}
