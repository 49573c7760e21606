//! GenerateMac: makes the authentication code of a message.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Shape, Values};

use crate::data_key::stop_if_dry;
use crate::shapes::{GrantToken, Plaintext};
use crate::spec::MacAlgorithm;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, mac};

/// GenerateMac.
pub struct GenerateMac;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The message.
    pub message: Plaintext,
    /// The key, in any form.
    pub key_id: KeyId,
    /// How.
    pub mac_algorithm: MacAlgorithm,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The code.
    pub mac: Blob,
    /// How it was made.
    pub mac_algorithm: MacAlgorithm,
    /// The key's ARN.
    pub key_id: String,
}

impl Operation for GenerateMac {
    const NAME: &'static str = "GenerateMac";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/mac", "Message": "UExBTlRFRC1odW50ZXIyLVZBTFVF", "MacAlgorithm": "HMAC_SHA_256"}"#;

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
        mac::check(&subject, input.mac_algorithm, Self::NAME)?;
        stop_if_dry(input.dry_run)?;
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output {
            mac: Blob(mac::make(&subject, input.mac_algorithm, input.message.bytes())?),
            mac_algorithm: input.mac_algorithm,
            key_id: subject.arn().to_owned(),
        })
    }
}
