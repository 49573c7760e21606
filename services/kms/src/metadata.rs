//! KeyMetadata: a key as replies describe it.

use strongroom_wire::{Reply, Timestamp};

use crate::key::Key;
use crate::spec::{
    CustomerMasterKeySpec, EncryptionAlgorithm, KeyAgreementAlgorithm, KeyManager, KeySpec,
    KeyUsage, MacAlgorithm, Origin, SigningAlgorithm,
};
use crate::state::KeyState;

/// A key as replies describe it.
#[derive(Debug, Reply)]
pub struct KeyMetadata {
    /// The account that owns it.
    #[shape(name = "AWSAccountId")]
    pub account: String,
    /// Its id.
    pub key_id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub creation_date: Timestamp,
    /// Whether its state is Enabled.
    pub enabled: bool,
    /// What people say about it.
    pub description: String,
    /// What it is for.
    pub key_usage: KeyUsage,
    /// Its state.
    pub key_state: KeyState,
    /// When it will be deleted.
    pub deletion_date: Option<Timestamp>,
    /// Where its material comes from.
    pub origin: Origin,
    /// Who manages it.
    pub key_manager: KeyManager,
    /// The spec under its old name.
    pub customer_master_key_spec: Option<CustomerMasterKeySpec>,
    /// What it is made of.
    pub key_spec: KeySpec,
    /// How it encrypts.
    pub encryption_algorithms: Option<Vec<EncryptionAlgorithm>>,
    /// How it signs.
    pub signing_algorithms: Option<Vec<SigningAlgorithm>>,
    /// How it agrees.
    pub key_agreement_algorithms: Option<Vec<KeyAgreementAlgorithm>>,
    /// Whether it is a multi-Region key.
    pub multi_region: bool,
    /// How it authenticates messages.
    pub mac_algorithms: Option<Vec<MacAlgorithm>>,
    /// The material that encrypts.
    pub current_key_material_id: Option<String>,
}

impl KeyMetadata {
    /// `key` as it is at `now`.
    pub(crate) fn of(key: &Key, now: Timestamp) -> Self {
        let state = key.state(now);
        let list = |usage| key.usage == usage;
        let symmetric = key.spec == KeySpec::SymmetricDefault;
        Self {
            account: key.account.clone(),
            key_id: key.id.clone(),
            arn: key.arn().to_owned(),
            creation_date: key.created,
            enabled: state == KeyState::Enabled,
            description: key.description.clone(),
            key_usage: key.usage,
            key_state: state,
            deletion_date: key.deletion.map(|deletion| deletion.at),
            origin: key.origin,
            key_manager: key.manager,
            customer_master_key_spec: key.spec.legacy(),
            key_spec: key.spec,
            encryption_algorithms: list(KeyUsage::EncryptDecrypt)
                .then(|| key.spec.encryption_algorithms().to_vec()),
            signing_algorithms: list(KeyUsage::SignVerify)
                .then(|| key.spec.signing_algorithms().to_vec()),
            key_agreement_algorithms: list(KeyUsage::KeyAgreement)
                .then(|| vec![KeyAgreementAlgorithm::Ecdh]),
            multi_region: false,
            mac_algorithms: list(KeyUsage::GenerateVerifyMac)
                .then(|| key.spec.mac_algorithms().to_vec()),
            current_key_material_id: key
                .current_material()
                .filter(|_| symmetric)
                .map(|material| material.id.clone()),
        }
    }
}
