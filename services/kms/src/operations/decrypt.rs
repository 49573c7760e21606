//! Decrypt: opens a ciphertext.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Sensitive, Shape, Values};

use crate::ciphertext::Header;
use crate::data_key::stop_if_dry;
use crate::encryption::{self, Use};
use crate::shapes::{Ciphertext, DryRunModifier, GrantToken, RecipientInfo};
use crate::subject::Subject;
use crate::{Call, EncryptionAlgorithm, EncryptionContext, KeyId, Kms, encryption_context, error};

/// Decrypt.
pub struct Decrypt;

/// Its request.
#[derive(Debug, Default, Shape)]
pub struct Input {
    /// The ciphertext.
    pub ciphertext_blob: Option<Ciphertext>,
    /// What it is about, exactly as when it was made.
    pub encryption_context: Option<EncryptionContext>,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// The key that it must have been made with, in any form.
    pub key_id: Option<KeyId>,
    /// How it was encrypted; SYMMETRIC_DEFAULT if absent.
    pub encryption_algorithm: Option<EncryptionAlgorithm>,
    /// Refused: there are no enclaves.
    pub recipient: Option<RecipientInfo>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
    /// What a dry run leaves out.
    pub dry_run_modifiers: Option<Vec<DryRunModifier>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// What was sealed.
    pub plaintext: Sensitive<Blob>,
    /// How it was encrypted.
    pub encryption_algorithm: EncryptionAlgorithm,
    /// The material that it was sealed with.
    pub key_material_id: Option<String>,
}

impl Decrypt {
    /// A request to open `ciphertext`, which must have been made with `key_id` if that is given.
    #[must_use]
    pub fn input(ciphertext: Vec<u8>, context: EncryptionContext, key_id: Option<&str>) -> Input {
        Input {
            ciphertext_blob: Some(Ciphertext::new(ciphertext)),
            encryption_context: Some(context),
            key_id: key_id.map(KeyId::from),
            ..Input::default()
        }
    }
}

impl Input {
    fn blob(&self) -> Result<&[u8]> {
        match &self.ciphertext_blob {
            Some(blob) => Ok(blob.bytes()),
            None => Err(error::no_ciphertext()),
        }
    }

    fn algorithm(&self) -> EncryptionAlgorithm {
        self.encryption_algorithm.unwrap_or(EncryptionAlgorithm::SymmetricDefault)
    }

    /// A dry run may ask about a key alone.
    fn is_without_ciphertext(&self) -> bool {
        self.dry_run == Some(true)
            && self.dry_run_modifiers.as_ref().is_some_and(|modifiers| !modifiers.is_empty())
    }
}

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"CiphertextBlob": "AQICAHg=", "KeyId": "alias/payments"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        if let Some(key_id) = &input.key_id {
            return call.service.find_key(call, key_id).await;
        }
        let header = Header::read(input.blob()?).ok_or_else(error::invalid_ciphertext)?;
        call.service.find_key_of(call, &header, "kms:Decrypt").await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:encryptionalgorithm" => Some(Values::one(input.algorithm().text())),
            _ => encryption_context::condition(input.encryption_context.as_ref(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        if input.recipient.is_some() {
            return Err(error::no_recipient());
        }
        let how = Use {
            operation: Self::NAME,
            algorithm: input.algorithm(),
            context: input.encryption_context.as_ref(),
        };
        how.check(call, &subject)?;
        if input.is_without_ciphertext() {
            return Err(error::dry_run());
        }
        let opened = encryption::decrypt(call, &subject, how, input.blob()?).await?;
        stop_if_dry(input.dry_run)?;
        let mut plaintext = opened.plaintext;
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output {
            key_id: subject.arn().to_owned(),
            plaintext: Sensitive::new(Blob(std::mem::take(&mut *plaintext))),
            encryption_algorithm: how.algorithm,
            key_material_id: opened.material_id,
        })
    }
}
