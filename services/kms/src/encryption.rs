//! Encrypting and decrypting with keys of either kind.

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey,
};
use strongroom_wire::Result;
use zeroize::Zeroizing;

use crate::asymmetric::{AsymmetricKey, Pair};
use crate::ciphertext::{self, Header};
use crate::encryption_context::EncryptionContext;
use crate::key::Key;
use crate::spec::{EncryptionAlgorithm, KeySpec, KeyUsage};
use crate::state::Act;
use crate::workers::compute;
use crate::{Call, error};

/// How a call wants a key used.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// The operation, for messages.
    pub operation: &'static str,
    /// The algorithm.
    pub algorithm: EncryptionAlgorithm,
    /// What the ciphertext is about.
    pub context: Option<&'a EncryptionContext>,
}

/// An opened ciphertext.
pub struct Opened {
    /// What was sealed.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The material it was sealed with, of keys that can have several.
    pub material_id: Option<String>,
}

impl Use<'_> {
    /// # Errors
    /// What keeps the key from being used so: its state, usage or spec, or the context.
    pub fn check(&self, call: &Call<'_>, key: &Key) -> Result<()> {
        key.check_state(Act::Use, call.now)?;
        if key.usage != KeyUsage::EncryptDecrypt && self.operation == "Decrypt" {
            // AWS words this as if another key had been named.
            return Err(error::incorrect_key());
        }
        key.check_usage(KeyUsage::EncryptDecrypt, self.operation)?;
        if !key.spec.encryption_algorithms().contains(&self.algorithm) {
            return Err(error::incompatible_algorithm(self.algorithm.text(), key.spec));
        }
        let Some(context) = self.context.filter(|context| !context.0.is_empty()) else {
            return Ok(());
        };
        if key.spec != KeySpec::SymmetricDefault {
            // AWS says no more.
            return Err(error::validation(""));
        }
        context.check()
    }
}

/// Encrypts `plaintext`. The use must have been checked.
///
/// # Errors
/// ValidationException for a plaintext that is too long for the algorithm.
pub fn encrypt(call: &Call<'_>, key: &Key, how: Use<'_>, plaintext: &[u8]) -> Result<Vec<u8>> {
    let Some(oaep) = oaep(how.algorithm) else {
        return ciphertext::seal(key, how.context, plaintext, call.entropy);
    };
    let pair = key.usable_material()?.asymmetric_key(key)?;
    let Pair::RsaDecrypting(private) = &pair.pair else { return Err(unfit()) };
    let public = OaepPublicEncryptingKey::new(private.public_key()).map_err(|_| unfit())?;
    let most = public.max_plaintext_size(oaep);
    if plaintext.len() > most {
        return Err(error::plaintext_length(how.algorithm.text(), key.spec, most));
    }
    let mut out = vec![0; public.ciphertext_size()];
    let made = public.encrypt(oaep, plaintext, &mut out, None);
    let length = made.map_err(|_| error::internal("RSA did not encrypt"))?.len();
    out.truncate(length);
    Ok(out)
}

/// Decrypts `blob`. The use must have been checked.
///
/// # Errors
/// InvalidCiphertextException, or IncorrectKeyException for a ciphertext of another key.
pub async fn decrypt(call: &Call<'_>, key: &Key, how: Use<'_>, blob: &[u8]) -> Result<Opened> {
    let Some(oaep) = oaep(how.algorithm) else {
        let header = Header::read(blob).ok_or_else(error::invalid_ciphertext)?;
        if header.key_id != key.id || header.account != key.account {
            return Err(error::incorrect_key());
        }
        return ciphertext::open(key, how.context, &header, blob);
    };
    let pair = key.usable_material()?.asymmetric_key(key)?;
    let blob = blob.to_vec();
    let opened = compute(&*call.service.workers, move || open_rsa(&pair, oaep, &blob)).await?;
    let plaintext = opened.ok_or_else(error::invalid_ciphertext)?;
    Ok(Opened { plaintext, material_id: None })
}

fn open_rsa(
    pair: &AsymmetricKey,
    oaep: &'static OaepAlgorithm,
    blob: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let Pair::RsaDecrypting(private) = &pair.pair else { return None };
    let private = OaepPrivateDecryptingKey::new(private.clone()).ok()?;
    let mut plaintext = Zeroizing::new(vec![0; private.min_output_size()]);
    let length = private.decrypt(oaep, blob, &mut plaintext, None).ok()?.len();
    plaintext.truncate(length);
    Some(plaintext)
}

fn oaep(algorithm: EncryptionAlgorithm) -> Option<&'static OaepAlgorithm> {
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => Some(&OAEP_SHA1_MGF1SHA1),
        EncryptionAlgorithm::RsaesOaepSha256 => Some(&OAEP_SHA256_MGF1SHA256),
        EncryptionAlgorithm::SymmetricDefault | EncryptionAlgorithm::Sm2Pke => None,
    }
}

fn unfit() -> strongroom_wire::Error {
    error::internal("the key does not fit its algorithm")
}
