//! The keyring in use: seals and opens every stored value.

use std::sync::Arc;

use arc_swap::ArcSwap;
use smallvec::SmallVec;
use zeroize::Zeroizing;

use crate::{Damaged, Entropy, KeyringRecord, RootKey, SealError, SealingKey};

/// The format of sealed values that this version writes: a header, then what [`SealingKey`] makes.
const FORMAT: u8 = 1;
/// The format and the generation, four bytes, most significant first.
const HEADER_LEN: usize = 5;

/// The keyring in use: seals and opens every stored value, from any number of threads.
///
/// A sealed value is `format (1 byte) ‖ generation (4 bytes) ‖ salt ‖ ciphertext ‖ tag`. Header and
/// record key are its associated data, so that it opens under no other key of the store. Reading
/// takes no lock, whatever [`adopt`](Self::adopt) does at the time.
pub struct Keyring {
    keys: ArcSwap<Keys>,
    entropy: Arc<dyn Entropy>,
}

struct Keys {
    /// The generation that seals.
    current: (u32, SealingKey),
    /// Those that still open, in ascending order.
    earlier: Vec<(u32, SealingKey)>,
}

impl Keyring {
    /// How many bytes longer a sealed value is than its plaintext.
    pub const OVERHEAD: usize = HEADER_LEN + SealingKey::OVERHEAD;

    /// The keyring that `root` opens. `entropy` gives the salts of the values sealed.
    pub fn unlock(
        root: &RootKey,
        record: &KeyringRecord,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, SealError> {
        let keys = ArcSwap::from_pointee(Keys::unwrapped(root, record)?);
        Ok(Self { keys, entropy })
    }

    /// Takes over a stored record: new generations seal and open from now on, retired ones do
    /// neither. A record older than what is in use is refused.
    pub fn adopt(&self, root: &RootKey, record: &KeyringRecord) -> Result<(), SealError> {
        let keys = Arc::new(Keys::unwrapped(root, record)?);
        let in_use = self.keys.rcu(|in_use| {
            let is_newer = keys.current.0 >= in_use.current.0;
            if is_newer { Arc::clone(&keys) } else { Arc::clone(in_use) }
        });
        let (in_use, offered) = (in_use.current.0, keys.current.0);
        if offered >= in_use {
            return Ok(());
        }
        let reason =
            format!("it ends at generation {offered}, and generation {in_use} is in use already");
        Err(SealError::DamagedRecord { document: "the keyring", reason })
    }

    /// Seals `plaintext`, of less than 64 GiB, for the record stored under `record_key`.
    pub fn seal(&self, record_key: &str, plaintext: &[u8]) -> Vec<u8> {
        let keys = self.keys.load();
        let (generation, key) = &keys.current;
        let mut sealed = Vec::with_capacity(Self::OVERHEAD + plaintext.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&generation.to_be_bytes());
        let associated = associated(&sealed, record_key);
        key.seal_onto(&mut sealed, &associated, plaintext, &*self.entropy);
        sealed
    }

    /// Opens what was sealed for the same `record_key`, into a buffer that is wiped when dropped.
    pub fn open(&self, record_key: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Damaged> {
        let generation = generation(sealed)?;
        let (header, body) = sealed.split_at(HEADER_LEN);
        let keys = self.keys.load();
        keys.find(generation)?.open(&associated(header, record_key), body)
    }

    /// Opens `sealed` within its own buffer and returns the part that holds the plaintext.
    ///
    /// Wiping the buffer is up to the caller. After an error it holds no plaintext.
    pub fn open_in_place<'a>(
        &self,
        record_key: &str,
        sealed: &'a mut [u8],
    ) -> Result<&'a mut [u8], Damaged> {
        let generation = generation(sealed)?;
        let (header, body) = sealed.split_at_mut(HEADER_LEN);
        let keys = self.keys.load();
        keys.find(generation)?.open_in_place(&associated(header, record_key), body)
    }

    /// The same value sealed by the current generation.
    pub fn reseal(&self, record_key: &str, sealed: &[u8]) -> Result<Vec<u8>, Damaged> {
        Ok(self.seal(record_key, &self.open(record_key, sealed)?))
    }

    /// The generation that a value says it was sealed by; `None` if it is not sealed. Says nothing about
    /// whether it opens.
    pub fn sealed_by(sealed: &[u8]) -> Option<u32> {
        generation(sealed).ok()
    }

    /// Whether the value was sealed by an earlier generation than the current one, and so should be
    /// sealed anew before that one is retired. Says nothing about whether it opens.
    pub fn needs_reseal(&self, sealed: &[u8]) -> bool {
        generation(sealed).is_ok_and(|generation| generation != self.current_generation())
    }

    /// Whether it holds generations beside the one that seals.
    pub fn holds_earlier(&self) -> bool {
        !self.keys.load().earlier.is_empty()
    }

    /// The generation that seals.
    pub fn current_generation(&self) -> u32 {
        self.keys.load().current.0
    }
}

impl Keys {
    fn unwrapped(root: &RootKey, record: &KeyringRecord) -> Result<Self, SealError> {
        let unwrapped = record.unwrapped(root)?;
        let mut earlier: Vec<_> =
            unwrapped.iter().map(|(one, key)| (one.number, SealingKey::new(key))).collect();
        let current = earlier.pop().ok_or_else(|| SealError::DamagedRecord {
            document: "the keyring",
            reason: "it holds no generation".to_owned(),
        })?;
        Ok(Self { current, earlier })
    }

    fn find(&self, generation: u32) -> Result<&SealingKey, Damaged> {
        // Nearly every value is of the latest generations, so look from that end.
        std::iter::once(&self.current)
            .chain(self.earlier.iter().rev())
            .find(|(number, _)| *number == generation)
            .map(|(_, key)| key)
            .ok_or(Damaged::UnknownGeneration(generation))
    }
}

/// The generation named in the header of a sealed value.
fn generation(sealed: &[u8]) -> Result<u32, Damaged> {
    let (header, body) = sealed.split_first_chunk::<HEADER_LEN>().ok_or(Damaged::Foreign)?;
    let [format, generation @ ..] = *header;
    match format {
        FORMAT if body.len() >= SealingKey::OVERHEAD => Ok(u32::from_be_bytes(generation)),
        FORMAT | 0 => Err(Damaged::Foreign),
        newer => Err(Damaged::NewerFormat(newer)),
    }
}

/// The header has a fixed length, so header and record key cannot be mistaken for each other.
fn associated(header: &[u8], record_key: &str) -> SmallVec<[u8; 256]> {
    let mut associated = SmallVec::with_capacity(header.len() + record_key.len());
    associated.extend_from_slice(header);
    associated.extend_from_slice(record_key.as_bytes());
    associated
}
