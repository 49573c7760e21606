//! Verify: checks a signature. One that is not right is an error, not an answer.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use super::sign::{check, kind};
use crate::data_key::stop_if_dry;
use crate::shapes::{Ciphertext, GrantToken, Plaintext};
use crate::signing::{self, Message, MessageType};
use crate::spec::SigningAlgorithm;
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, error};

/// Verify.
pub struct Verify;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// What was signed.
    pub message: Plaintext,
    /// What the message is; RAW if absent.
    pub message_type: Option<MessageType>,
    /// The signature.
    pub signature: Ciphertext,
    /// How it was signed.
    pub signing_algorithm: SigningAlgorithm,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// Always true.
    pub signature_valid: bool,
    /// How it was signed.
    pub signing_algorithm: SigningAlgorithm,
}

impl Operation for Verify {
    const NAME: &'static str = "Verify";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/signing", "Message": "eA==", "Signature": "eA==", "SigningAlgorithm": "ECDSA_SHA_256"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:signingalgorithm" => Some(Values::one(input.signing_algorithm.text())),
            "kms:messagetype" => Some(Values::one(kind(input.message_type).text())),
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let algorithm = input.signing_algorithm;
        check(call, &subject, algorithm, Self::NAME)?;
        let message = Message::read(kind(input.message_type), input.message.bytes(), algorithm)?;
        stop_if_dry(input.dry_run)?;
        let pair = subject.usable_material()?.asymmetric_key(&subject)?;
        let how = (subject.spec, algorithm);
        if !signing::verifies(&pair, how, &message, input.signature.bytes())? {
            return Err(error::invalid_signature());
        }
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output {
            key_id: subject.arn().to_owned(),
            signature_valid: true,
            signing_algorithm: algorithm,
        })
    }
}
