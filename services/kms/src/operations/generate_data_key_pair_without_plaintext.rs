//! GenerateDataKeyPairWithoutPlaintext: makes a key pair, its private half only sealed.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Shape, Values};

use crate::data_key_pair::{self, DataKeyPairSpec};
use crate::shapes::GrantToken;
use crate::subject::Subject;
use crate::{Call, EncryptionContext, KeyId, Kms, encryption_context};

/// GenerateDataKeyPairWithoutPlaintext.
pub struct GenerateDataKeyPairWithoutPlaintext;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// What the private half is about; needed again to open it.
    pub encryption_context: Option<EncryptionContext>,
    /// The key, in any form.
    pub key_id: KeyId,
    /// What the pair is made of.
    pub key_pair_spec: DataKeyPairSpec,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The private half, PKCS #8, sealed under the key.
    pub private_key_ciphertext_blob: Blob,
    /// The public half as SubjectPublicKeyInfo (DER).
    pub public_key: Blob,
    /// The key's ARN.
    pub key_id: String,
    /// What the pair is made of.
    pub key_pair_spec: DataKeyPairSpec,
    /// The material that sealed it.
    pub key_material_id: Option<String>,
}

impl Operation for GenerateDataKeyPairWithoutPlaintext {
    const NAME: &'static str = "GenerateDataKeyPairWithoutPlaintext";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/payments", "KeyPairSpec": "ECC_NIST_P256"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:datakeypairspec" => Some(Values::one(input.key_pair_spec.text())),
            "kms:encryptionalgorithm" => Some(Values::one("SYMMETRIC_DEFAULT")),
            _ => encryption_context::condition(input.encryption_context.as_ref(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let context = input.encryption_context.as_ref();
        let how = (Self::NAME, input.dry_run);
        let pair =
            data_key_pair::generate(call, &subject, context, input.key_pair_spec, how).await?;
        Ok(Output {
            private_key_ciphertext_blob: Blob(pair.ciphertext),
            public_key: Blob(pair.public),
            key_id: subject.arn().to_owned(),
            key_pair_spec: input.key_pair_spec,
            key_material_id: Some(pair.material_id),
        })
    }
}
