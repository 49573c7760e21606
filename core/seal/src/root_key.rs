//! The key above all others.

use std::io;

use aws_lc_rs::hmac;
use strongroom_memory::LockedKey;
use zeroize::Zeroizing;

use crate::encoding;
use crate::{Entropy, SealError, SealingKey};

/// The key above all others: it wraps the keyring and nothing else.
///
/// It lives in a locked page of its own, is wiped when dropped, and can be neither printed, cloned
/// nor serialized.
pub struct RootKey {
    key: LockedKey,
}

impl RootKey {
    /// A new root key. Fails only when the system has no memory to give.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, SealError> {
        Self::placed(|bytes| entropy.fill(bytes))
    }

    /// A name for this key that gives nothing of it away: 16 hex digits, the same for the same key.
    ///
    /// Documents wrapped by a root key carry it, so that a mix-up is told from damage.
    pub fn fingerprint(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.bytes());
        let name = hmac::sign(&key, b"strongroom root key fingerprint 1\0");
        encoding::hex(&name.as_ref()[..8])
    }

    /// Whether the kernel agreed to keep the key out of swap.
    pub fn is_locked(&self) -> bool {
        self.key.is_locked()
    }

    /// The root key that `wrapping` sealed under `associated`.
    pub(crate) fn unwrapped(
        wrapping: &SealingKey,
        associated: &[u8],
        wrapped: &[u8],
    ) -> Result<Self, UnwrapFailed> {
        let opened = wrapping.open(associated, wrapped).map_err(|_| UnwrapFailed::Refused)?;
        let bytes: &[u8; 32] = opened.as_slice().try_into().map_err(|_| UnwrapFailed::Refused)?;
        Self::placed(|page| page.copy_from_slice(bytes)).map_err(UnwrapFailed::Memory)
    }

    /// The root key sealed by `wrapping` under `associated`.
    pub(crate) fn wrapped(
        &self,
        wrapping: &SealingKey,
        associated: &[u8],
        entropy: &dyn Entropy,
    ) -> Vec<u8> {
        wrapping.seal(associated, self.key.bytes(), entropy)
    }

    /// What wraps the keyring.
    pub(crate) fn sealing_key(&self) -> SealingKey {
        // Derived, so that the root key itself is never the key of two different uses.
        let root = hmac::Key::new(hmac::HMAC_SHA256, self.key.bytes());
        let mut derived = Zeroizing::new([0; 32]);
        let label = b"strongroom keyring wrapping key 1\0";
        if hmac::sign_to_buffer(&root, label, &mut *derived).is_err() {
            // Never, as the buffer is as long as the output; but no key is better than zeros.
            std::process::abort();
        }
        SealingKey::new(&derived)
    }

    fn placed(write: impl FnOnce(&mut [u8; 32])) -> Result<Self, SealError> {
        let key =
            LockedKey::new(write).map_err(|source: io::Error| SealError::NoMemory { source })?;
        Ok(Self { key })
    }
}

/// Why a wrapped root key did not open.
pub(crate) enum UnwrapFailed {
    Refused,
    Memory(SealError),
}
