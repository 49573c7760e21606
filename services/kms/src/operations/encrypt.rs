//! Encrypt: seals up to 4096 bytes under a key.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Shape, Values};

use crate::data_key::stop_if_dry;
use crate::encryption::{self, Use};
use crate::shapes::{GrantToken, Plaintext};
use crate::subject::Subject;
use crate::{Call, EncryptionAlgorithm, EncryptionContext, KeyId, Kms, encryption_context};

/// Encrypt.
pub struct Encrypt;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// What to seal.
    pub plaintext: Plaintext,
    /// What it is about; needed again to open it.
    pub encryption_context: Option<EncryptionContext>,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// How; SYMMETRIC_DEFAULT if absent.
    pub encryption_algorithm: Option<EncryptionAlgorithm>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The ciphertext.
    pub ciphertext_blob: Blob,
    /// The key's ARN.
    pub key_id: String,
    /// How it was encrypted.
    pub encryption_algorithm: EncryptionAlgorithm,
}

impl Encrypt {
    /// A request to seal `plaintext` under `key_id`.
    #[must_use]
    pub fn input(key_id: &str, plaintext: Vec<u8>, context: EncryptionContext) -> Input {
        Input {
            key_id: key_id.into(),
            plaintext: Plaintext::new(plaintext),
            encryption_context: Some(context),
            grant_tokens: None,
            encryption_algorithm: None,
            dry_run: None,
        }
    }
}

impl Operation for Encrypt {
    const NAME: &'static str = "Encrypt";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "alias/payments", "Plaintext": "UExBTlRFRC1odW50ZXIyLVZBTFVF"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:encryptionalgorithm" => Some(Values::one(algorithm(input).text())),
            _ => encryption_context::condition(input.encryption_context.as_ref(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let how = Use {
            operation: Self::NAME,
            algorithm: algorithm(input),
            context: input.encryption_context.as_ref(),
        };
        how.check(call, &subject)?;
        stop_if_dry(input.dry_run)?;
        let blob = encryption::encrypt(call, &subject, how, input.plaintext.bytes())?;
        call.service.keep(call, &subject).await?;
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output {
            ciphertext_blob: Blob(blob),
            key_id: subject.arn().to_owned(),
            encryption_algorithm: how.algorithm,
        })
    }
}

fn algorithm(input: &Input) -> EncryptionAlgorithm {
    input.encryption_algorithm.unwrap_or(EncryptionAlgorithm::SymmetricDefault)
}
