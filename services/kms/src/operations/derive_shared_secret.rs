//! DeriveSharedSecret: agrees on a secret with the holder of another key.

use aws_lc_rs::agreement::{UnparsedPublicKey, agree};
use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Sensitive, Shape, Values};

use crate::asymmetric::{Pair, ecdh};
use crate::data_key::stop_if_dry;
use crate::shapes::{GrantToken, RecipientInfo};
use crate::spec::{KeyAgreementAlgorithm, KeyUsage, Origin};
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, error};

/// DeriveSharedSecret.
pub struct DeriveSharedSecret;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// How.
    pub key_agreement_algorithm: KeyAgreementAlgorithm,
    /// The other's public key as SubjectPublicKeyInfo (DER).
    #[shape(length = 1..=8192)]
    pub public_key: Blob,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
    /// Refused: there are no enclaves.
    pub recipient: Option<RecipientInfo>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// The secret.
    pub shared_secret: Sensitive<Blob>,
    /// How it was agreed on.
    pub key_agreement_algorithm: KeyAgreementAlgorithm,
    /// Where the key's material comes from.
    pub key_origin: Origin,
}

impl Operation for DeriveSharedSecret {
    const NAME: &'static str = "DeriveSharedSecret";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "alias/agreement", "KeyAgreementAlgorithm": "ECDH", "PublicKey": "eA=="}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:keyagreementalgorithm" => Some(Values::one(input.key_agreement_algorithm.text())),
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        if input.recipient.is_some() {
            return Err(error::no_recipient());
        }
        subject.check_state(Act::Use, call.now)?;
        subject.check_usage(KeyUsage::KeyAgreement, Self::NAME)?;
        let pair = subject.usable_material()?.asymmetric_key(&subject)?;
        let (Pair::Agreement(private), Some(how)) = (&pair.pair, ecdh(subject.spec)) else {
            return Err(error::internal("the key does not fit its algorithm"));
        };
        let other = UnparsedPublicKey::new(how, &input.public_key.0);
        let secret =
            agree(private, other, error::invalid_public_key(), |secret| Ok(secret.to_vec()))?;
        let shared_secret = Sensitive::new(Blob(secret));
        stop_if_dry(input.dry_run)?;
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output {
            key_id: subject.arn().to_owned(),
            shared_secret,
            key_agreement_algorithm: input.key_agreement_algorithm,
            key_origin: subject.origin,
        })
    }
}
