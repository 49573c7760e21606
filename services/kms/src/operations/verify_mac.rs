//! VerifyMac: checks the authentication code of a message. One that is not right is an error.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::data_key::stop_if_dry;
use crate::shapes::{Ciphertext, GrantToken, Plaintext};
use crate::spec::MacAlgorithm;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, error, mac};

/// VerifyMac.
pub struct VerifyMac;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The message.
    pub message: Plaintext,
    /// The key, in any form.
    pub key_id: KeyId,
    /// How the code was made.
    pub mac_algorithm: MacAlgorithm,
    /// The code.
    pub mac: Ciphertext,
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
    pub mac_valid: bool,
    /// How it was made.
    pub mac_algorithm: MacAlgorithm,
}

impl Operation for VerifyMac {
    const NAME: &'static str = "VerifyMac";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/mac", "Message": "eA==", "Mac": "eA==", "MacAlgorithm": "HMAC_SHA_256"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:macalgorithm" => Some(Values::one(input.mac_algorithm.text())),
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        subject.check_state(Act::Use, call.now)?;
        let algorithm = input.mac_algorithm;
        mac::check(&subject, algorithm, Self::NAME)?;
        stop_if_dry(input.dry_run)?;
        if !mac::verifies(&subject, algorithm, input.message.bytes(), input.mac.bytes())? {
            return Err(error::invalid_mac());
        }
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output { key_id: subject.arn().to_owned(), mac_valid: true, mac_algorithm: algorithm })
    }
}
