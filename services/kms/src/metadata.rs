//! KeyMetadata: a key as replies describe it.

use strongroom_wire::{Reply, Timestamp};

use crate::import::ExpirationModel;
use crate::key::Key;
use crate::multi_region::MultiRegionConfiguration;
use crate::spec::{
    CustomerMasterKeySpec, EncapsulationAlgorithm, EncryptionAlgorithm, KeyAgreementAlgorithm,
    KeyManager, KeySpec, KeyUsage, MacAlgorithm, Origin, SigningAlgorithm,
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
    /// When its imported material ends.
    pub valid_to: Option<Timestamp>,
    /// Where its material comes from.
    pub origin: Origin,
    /// Whether its imported material ends.
    pub expiration_model: Option<ExpirationModel>,
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
    /// How it encapsulates.
    pub encapsulation_algorithms: Option<Vec<EncapsulationAlgorithm>>,
    /// Whether it is a multi-Region key.
    pub multi_region: bool,
    /// Where it is, if it is one.
    pub multi_region_configuration: Option<MultiRegionConfiguration>,
    /// The waiting period of a primary that waits for its replicas to go.
    pub pending_deletion_window_in_days: Option<i32>,
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
        let imported = key
            .current_material()
            .filter(|material| key.origin == Origin::External && material.is_at_hand(now));
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
            deletion_date: key.deletion.and_then(|deletion| deletion.at),
            valid_to: imported.and_then(|material| material.valid_to),
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
            encapsulation_algorithms: list(KeyUsage::EncapsulateDecapsulate)
                .then(|| vec![EncapsulationAlgorithm::MlKem]),
            multi_region: key.multi_region.is_some(),
            multi_region_configuration: key.multi_region_configuration(),
            pending_deletion_window_in_days: key
                .deletion
                .filter(|deletion| deletion.at.is_none())
                .map(|deletion| deletion.window_days),
            expiration_model: imported.map(|material| match material.valid_to {
                Some(_) => ExpirationModel::Expires,
                None => ExpirationModel::DoesNotExpire,
            }),
            mac_algorithms: list(KeyUsage::GenerateVerifyMac)
                .then(|| key.spec.mac_algorithms().to_vec()),
            current_key_material_id: key
                .current_material()
                .filter(|material| symmetric && material.is_at_hand(now))
                .map(|material| material.id.clone()),
        }
    }
}
