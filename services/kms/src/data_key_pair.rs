//! Data key pairs: asymmetric keys that go out, their private half in clear and sealed.

use strongroom_wire::Result;
use zeroize::Zeroizing;

use crate::asymmetric::{self, AsymmetricKey};
use crate::data_key::{check_symmetric, stop_if_dry};
use crate::encryption_context::EncryptionContext;
use crate::spec::{KeySpec, KeyUsage, texts};
use crate::state::Act;
use crate::subject::Subject;
use crate::workers::compute;
use crate::{Call, ciphertext, error};

texts! {
    /// What a data key pair is made of.
    DataKeyPairSpec {
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        EccNistP256 = "ECC_NIST_P256",
        EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521",
        EccSecgP256k1 = "ECC_SECG_P256K1",
        Sm2 = "SM2",
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
        MlKem512 = "ML_KEM_512",
        MlKem768 = "ML_KEM_768",
        MlKem1024 = "ML_KEM_1024",
    }
}

/// A data key pair.
pub struct DataKeyPair {
    /// The private half in clear.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The private half sealed.
    pub ciphertext: Vec<u8>,
    /// The public half.
    pub public: Vec<u8>,
    /// The material that sealed it.
    pub material_id: String,
}

/// A new data key pair under the key.
///
/// # Errors
/// State and usage errors of the key, or UnsupportedOperationException for SM2.
pub async fn generate(
    call: &Call<'_>,
    subject: &Subject,
    context: Option<&EncryptionContext>,
    spec: DataKeyPairSpec,
    (operation, dry_run): (&'static str, Option<bool>),
) -> Result<DataKeyPair> {
    context.map_or(Ok(()), EncryptionContext::check)?;
    subject.check_state(Act::Use, call.now)?;
    check_symmetric(subject, operation)?;
    let spec =
        spec.key_spec().ok_or_else(|| error::unsupported("KeyPairSpec SM2 is not supported."))?;
    stop_if_dry(dry_run)?;
    let made = compute(&*call.service.workers, move || {
        let secret = asymmetric::generate(spec)?.ok()?;
        let pair = AsymmetricKey::read(spec, KeyUsage::SignVerify, &secret)?;
        Some((secret, pair.public_der))
    });
    let (secret, public) = made.await?.ok_or_else(|| error::internal("no key pair was made"))?;
    let ciphertext = ciphertext::seal(subject, context, secret.bytes(), call.entropy)?;
    call.service.keep(call, subject).await?;
    call.service.note_use(call, subject, operation);
    Ok(DataKeyPair {
        plaintext: Zeroizing::new(secret.bytes().to_vec()),
        ciphertext,
        public,
        material_id: subject.usable_material()?.id.clone(),
    })
}

impl DataKeyPairSpec {
    fn key_spec(self) -> Option<KeySpec> {
        match self {
            Self::Rsa2048 => Some(KeySpec::Rsa2048),
            Self::Rsa3072 => Some(KeySpec::Rsa3072),
            Self::Rsa4096 => Some(KeySpec::Rsa4096),
            Self::EccNistP256 => Some(KeySpec::EccNistP256),
            Self::EccNistP384 => Some(KeySpec::EccNistP384),
            Self::EccNistP521 => Some(KeySpec::EccNistP521),
            Self::EccSecgP256k1 => Some(KeySpec::EccSecgP256k1),
            Self::Sm2 => None,
            Self::EccNistEdwards25519 => Some(KeySpec::EccNistEdwards25519),
            Self::MlKem512 => Some(KeySpec::MlKem512),
            Self::MlKem768 => Some(KeySpec::MlKem768),
            Self::MlKem1024 => Some(KeySpec::MlKem1024),
        }
    }
}
