//! Data keys: random bytes that go out in clear and sealed.

use strongroom_wire::{Result, Shape};
use zeroize::Zeroizing;

use crate::encryption_context::EncryptionContext;
use crate::key::Key;
use crate::shapes::DataKeySpec;
use crate::spec::{KeySpec, KeyUsage};
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, ciphertext, error};

/// How many random bytes.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 1..=1024)]
pub struct NumberOfBytes(pub i32);

/// A data key in both forms.
pub struct DataKey {
    /// In clear.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// Sealed under the key.
    pub ciphertext: Vec<u8>,
    /// The material that sealed it.
    pub material_id: String,
}

/// The length that a request asks for.
///
/// # Errors
/// ValidationException unless exactly one of the two is given.
pub fn length(spec: Option<DataKeySpec>, bytes: Option<NumberOfBytes>) -> Result<usize> {
    match (spec, bytes) {
        (Some(DataKeySpec::Aes256), None) => Ok(32),
        (Some(DataKeySpec::Aes128), None) => Ok(16),
        (None, Some(bytes)) => usize::try_from(bytes.0).map_err(error::internal),
        _ => Err(error::validation("Please specify either number of bytes or key spec.")),
    }
}

/// A new data key of `length` bytes under the key.
///
/// # Errors
/// State and usage errors of the key.
pub async fn generate(
    call: &Call<'_>,
    subject: &Subject,
    context: Option<&EncryptionContext>,
    length: usize,
    (operation, dry_run): (&'static str, Option<bool>),
) -> Result<DataKey> {
    subject.check_state(Act::Use, call.now)?;
    check_symmetric(subject, operation)?;
    stop_if_dry(dry_run)?;
    let mut plaintext = Zeroizing::new(vec![0; length]);
    call.entropy.fill(&mut plaintext);
    let ciphertext = ciphertext::seal(subject, context, &plaintext, call.entropy)?;
    call.service.keep(call, subject).await?;
    let material_id = subject.usable_material()?.id.clone();
    call.service.note_use(call, subject, operation);
    Ok(DataKey { plaintext, ciphertext, material_id })
}

/// # Errors
/// InvalidKeyUsageException unless the key encrypts symmetrically.
pub fn check_symmetric(key: &Key, operation: &str) -> Result<()> {
    key.check_usage(KeyUsage::EncryptDecrypt, operation)?;
    if key.spec == KeySpec::SymmetricDefault {
        return Ok(());
    }
    Err(error::invalid_key_usage(key.arn(), key.usage, operation))
}

/// # Errors
/// DryRunOperationException if the request asks only whether it would succeed.
pub fn stop_if_dry(dry_run: Option<bool>) -> Result<()> {
    if dry_run == Some(true) { Err(error::dry_run()) } else { Ok(()) }
}
