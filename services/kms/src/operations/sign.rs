//! Sign: signs a message, or the digest of one.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Shape, Values};

use crate::data_key::stop_if_dry;
use crate::shapes::{GrantToken, Plaintext};
use crate::signing::{self, Message, MessageType};
use crate::spec::{KeyUsage, SigningAlgorithm};
use crate::state::Act;
use crate::subject::Subject;
use crate::workers::compute;
use crate::{Call, KeyId, Kms, error};

/// Sign.
pub struct Sign;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// What to sign.
    pub message: Plaintext,
    /// What the message is; RAW if absent.
    pub message_type: Option<MessageType>,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// How.
    pub signing_algorithm: SigningAlgorithm,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// The signature; DER for ECDSA.
    pub signature: Blob,
    /// How it was signed.
    pub signing_algorithm: SigningAlgorithm,
}

impl Operation for Sign {
    const NAME: &'static str = "Sign";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/signing", "Message": "UExBTlRFRC1odW50ZXIyLVZBTFVF", "SigningAlgorithm": "ECDSA_SHA_256"}"#;

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
        let sign = move || signing::sign(&pair, algorithm, &message);
        let signature = compute(&*call.service.workers, sign).await??;
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output {
            key_id: subject.arn().to_owned(),
            signature: Blob(signature),
            signing_algorithm: algorithm,
        })
    }
}

/// What a message is if the request does not say.
pub(super) fn kind(sent: Option<MessageType>) -> MessageType {
    sent.unwrap_or(MessageType::Raw)
}

/// # Errors
/// What keeps the key from signing or verifying so.
pub(super) fn check(
    call: &Call<'_>,
    subject: &Subject,
    algorithm: SigningAlgorithm,
    operation: &str,
) -> Result<()> {
    subject.check_state(Act::Use, call.now)?;
    subject.check_usage(KeyUsage::SignVerify, operation)?;
    if subject.spec.signing_algorithms().contains(&algorithm) {
        return Ok(());
    }
    Err(error::incompatible_algorithm(algorithm.text(), subject.spec))
}
