//! Encapsulate: makes a secret that the holder of the key can take out of its capsule.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Sensitive, Shape};

use crate::asymmetric::Pair;
use crate::data_key::stop_if_dry;
use crate::shapes::GrantToken;
use crate::spec::{EncapsulationAlgorithm, KeyUsage};
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, error, ml_kem};

/// Encapsulate.
pub struct Encapsulate;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// How.
    pub encapsulation_algorithm: EncapsulationAlgorithm,
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
    /// The secret.
    pub shared_secret: Sensitive<Blob>,
    /// The capsule.
    pub shared_secret_ciphertext_blob: Blob,
    /// How.
    pub encapsulation_algorithm: EncapsulationAlgorithm,
}

impl Operation for Encapsulate {
    const NAME: &'static str = "Encapsulate";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/kem", "EncapsulationAlgorithm": "ML_KEM"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        subject.check_state(Act::Use, call.now)?;
        subject.check_usage(KeyUsage::EncapsulateDecapsulate, Self::NAME)?;
        let pair = subject.usable_material()?.asymmetric_key(&subject)?;
        let Pair::MlKem(algorithm) = &pair.pair else {
            return Err(error::internal("the key does not fit its algorithm"));
        };
        stop_if_dry(input.dry_run)?;
        let made = ml_kem::encapsulate(algorithm, &pair.public_raw);
        let (mut secret, capsule) =
            made.ok_or_else(|| error::internal("the secret was not encapsulated"))?;
        call.service.note_use(call, &subject, Self::NAME);
        Ok(Output {
            key_id: subject.arn().to_owned(),
            shared_secret: Sensitive::new(Blob(std::mem::take(&mut *secret))),
            shared_secret_ciphertext_blob: Blob(capsule),
            encapsulation_algorithm: input.encapsulation_algorithm,
        })
    }
}
