//! The keyring as it is stored: generations of keys, each wrapped by the root key.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::encoding::{from_base64, to_base64};
use crate::seal_record::check_version;
use crate::{Damaged, Entropy, RootKey, SealError, SealingKey};

const DOCUMENT: &str = "the keyring";
const VERSION: u32 = 1;
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The keyring as it is stored. Not secret; useless without the root key.
///
/// A change counts only once it is stored: change a copy, store it, then let every node
/// [adopt](crate::Keyring::adopt) it. In the other order a crash would leave values behind that no
/// stored key opens.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyringRecord {
    version: u32,
    /// Fingerprint of the root key that wraps the generations.
    root_key: String,
    /// In ascending order. The last one seals, all of them open.
    generations: Vec<WrappedGeneration>,
}

/// A generation of the keyring as it is shown to an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Counts up from 1.
    pub number: u32,
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: u64,
}

/// A generation with its key in the clear.
pub(crate) type UnwrappedGeneration = (Generation, Zeroizing<[u8; 32]>);

#[derive(Clone, Serialize, Deserialize)]
struct WrappedGeneration {
    number: u32,
    created_ms: u64,
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    wrapped_key: Vec<u8>,
}

impl KeyringRecord {
    /// A keyring with one new generation.
    pub fn create(root: &RootKey, created_ms: u64, entropy: &dyn Entropy) -> Self {
        let first = WrappedGeneration::new(&root.sealing_key(), 1, created_ms, entropy);
        Self { version: VERSION, root_key: root.fingerprint(), generations: vec![first] }
    }

    /// Reads a record written by [`to_json`](Self::to_json) of this or an earlier version.
    pub fn from_json(json: &[u8]) -> Result<Self, SealError> {
        check_version(DOCUMENT, json, MAX_BYTES, VERSION)?;
        let record: Self =
            serde_json::from_slice(json).map_err(|error| damaged(error.to_string()))?;
        if record.generations.is_empty() {
            return Err(damaged("it holds no generation".to_owned()));
        }
        if !record.generations.is_sorted_by(|one, next| one.number < next.number) {
            return Err(damaged("its generations are out of order".to_owned()));
        }
        Ok(record)
    }

    /// The record as a JSON document.
    pub fn to_json(&self) -> Result<Vec<u8>, SealError> {
        serde_json::to_vec_pretty(self).map_err(|error| damaged(error.to_string()))
    }

    /// Adds a generation, which seals from the moment the record is adopted; returns its number.
    pub fn rotate(
        &mut self,
        root: &RootKey,
        created_ms: u64,
        entropy: &dyn Entropy,
    ) -> Result<u32, SealError> {
        self.expect_root(root)?;
        let number = self
            .current()
            .checked_add(1)
            .ok_or_else(|| damaged("its generations are used up".to_owned()))?;
        let next = WrappedGeneration::new(&root.sealing_key(), number, created_ms, entropy);
        self.generations.push(next);
        Ok(number)
    }

    /// Destroys an old generation. Whatever it sealed and was not sealed anew is gone for good.
    pub fn retire(&mut self, generation: u32) -> Result<(), SealError> {
        let refused = |reason| SealError::NotRetirable { generation, reason };
        if generation == self.current() {
            return Err(refused("it is the one that seals"));
        }
        let count = self.generations.len();
        self.generations.retain(|one| one.number != generation);
        if self.generations.len() == count {
            return Err(refused("the keyring does not hold it"));
        }
        Ok(())
    }

    /// The same keyring wrapped by another root key; stored values stay as they are.
    pub fn rewrap(
        &mut self,
        from: &RootKey,
        to: &RootKey,
        entropy: &dyn Entropy,
    ) -> Result<(), SealError> {
        let wrapping = to.sealing_key();
        let mut rewrapped = Vec::with_capacity(self.generations.len());
        for (generation, key) in self.unwrapped(from)? {
            rewrapped.push(WrappedGeneration::wrapping(&wrapping, generation, &key, entropy));
        }
        self.generations = rewrapped;
        self.root_key = to.fingerprint();
        Ok(())
    }

    /// The generations, oldest first.
    pub fn generations(&self) -> Vec<Generation> {
        self.generations.iter().map(WrappedGeneration::summary).collect()
    }

    /// Fingerprint of the root key that wraps this keyring.
    pub fn root_key_fingerprint(&self) -> &str {
        &self.root_key
    }

    /// The number of the generation that seals.
    pub(crate) fn current(&self) -> u32 {
        self.generations.last().map_or(0, |generation| generation.number)
    }

    /// All generations with their keys.
    pub(crate) fn unwrapped(&self, root: &RootKey) -> Result<Vec<UnwrappedGeneration>, SealError> {
        self.expect_root(root)?;
        let wrapping = root.sealing_key();
        self.generations.iter().map(|generation| generation.unwrapped(&wrapping)).collect()
    }

    fn expect_root(&self, root: &RootKey) -> Result<(), SealError> {
        let at_hand = root.fingerprint();
        if at_hand == self.root_key {
            return Ok(());
        }
        Err(SealError::AnotherRootKey {
            document: DOCUMENT,
            belongs_to: self.root_key.clone(),
            at_hand,
        })
    }
}

impl WrappedGeneration {
    fn new(wrapping: &SealingKey, number: u32, created_ms: u64, entropy: &dyn Entropy) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        entropy.fill(&mut *key);
        Self::wrapping(wrapping, Generation { number, created_ms }, &key, entropy)
    }

    fn wrapping(
        wrapping: &SealingKey,
        generation: Generation,
        key: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Self {
        let wrapped_key = wrapping.seal(&associated(generation), key, entropy);
        Self { number: generation.number, created_ms: generation.created_ms, wrapped_key }
    }

    fn unwrapped(&self, wrapping: &SealingKey) -> Result<UnwrappedGeneration, SealError> {
        let refused = |_: Damaged| damaged(format!("generation {} was altered", self.number));
        let opened =
            wrapping.open(&associated(self.summary()), &self.wrapped_key).map_err(refused)?;
        let mut key = Zeroizing::new([0; 32]);
        let opened: &[u8; 32] =
            opened.as_slice().try_into().map_err(|_| refused(Damaged::Foreign))?;
        key.copy_from_slice(opened);
        Ok((self.summary(), key))
    }

    fn summary(&self) -> Generation {
        Generation { number: self.number, created_ms: self.created_ms }
    }
}

/// Binds a wrapped key to its number and age.
fn associated(generation: Generation) -> Vec<u8> {
    let mut bytes = b"strongroom keyring generation 1\0".to_vec();
    bytes.extend_from_slice(&generation.number.to_be_bytes());
    bytes.extend_from_slice(&generation.created_ms.to_be_bytes());
    bytes
}

fn damaged(reason: String) -> SealError {
    SealError::DamagedRecord { document: DOCUMENT, reason }
}
