//! GetPublicKey: gives the public half of an asymmetric key.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Shape};

use crate::shapes::GrantToken;
use crate::spec::{
    CustomerMasterKeySpec, EncapsulationAlgorithm, KeyAgreementAlgorithm, SigningAlgorithm,
};
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, EncryptionAlgorithm, KeyId, KeyMetadata, KeySpec, KeyUsage, Kms, error};

/// GetPublicKey.
pub struct GetPublicKey;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, in any form.
    pub key_id: KeyId,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// The public key as SubjectPublicKeyInfo (DER).
    pub public_key: Blob,
    /// The spec under its old name.
    pub customer_master_key_spec: Option<CustomerMasterKeySpec>,
    /// What the key is made of.
    pub key_spec: KeySpec,
    /// What it is for.
    pub key_usage: KeyUsage,
    /// How it encrypts.
    pub encryption_algorithms: Option<Vec<EncryptionAlgorithm>>,
    /// How it signs.
    pub signing_algorithms: Option<Vec<SigningAlgorithm>>,
    /// How it agrees.
    pub key_agreement_algorithms: Option<Vec<KeyAgreementAlgorithm>>,
    /// How it encapsulates.
    pub encapsulation_algorithms: Option<Vec<EncapsulationAlgorithm>>,
}

impl Operation for GetPublicKey {
    const NAME: &'static str = "GetPublicKey";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "alias/signing"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, subject: Authorized<Subject>) -> Result<Output> {
        if subject.spec.random_bytes().is_some() {
            // AWS says no more.
            return Err(error::unsupported(""));
        }
        subject.check_state(Act::Use, call.now)?;
        let pair = subject.usable_material()?.asymmetric_key(&subject)?;
        let metadata = KeyMetadata::of(&subject, call.now);
        Ok(Output {
            key_id: metadata.arn,
            public_key: Blob(pair.public_der.clone()),
            customer_master_key_spec: metadata.customer_master_key_spec,
            key_spec: metadata.key_spec,
            key_usage: metadata.key_usage,
            encryption_algorithms: metadata.encryption_algorithms,
            signing_algorithms: metadata.signing_algorithms,
            key_agreement_algorithms: metadata.key_agreement_algorithms,
            encapsulation_algorithms: metadata.encapsulation_algorithms,
        })
    }
}
