//! The document that says which keys open the seal.

use serde::{Deserialize, Serialize};

use crate::wrap::{Attempt, Wrap};
use crate::{Candidate, Entropy, RootKey, SealError};

const DOCUMENT: &str = "the seal record";
const VERSION: u32 = 1;
/// Bounds the work of opening: every passphrase is tried on every passphrase wrap.
const MAX_WRAPS: usize = 64;
const MAX_BYTES: usize = 1024 * 1024;

/// The wraps of one root key, any of which opens it. Not secret; useless without one of the keys.
///
/// Removing a wrap does not call back copies of this record made earlier: when a key is lost to
/// someone else, make a new root key, a new record for it, and
/// [rewrap the keyring](crate::KeyringRecord::rewrap).
#[derive(Clone, Serialize, Deserialize)]
pub struct SealRecord {
    version: u32,
    /// Fingerprint of the root key.
    root_key: String,
    wraps: Vec<Wrap>,
}

/// A wrap as it is shown to an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapSummary {
    /// Names the wrap within its record.
    pub id: String,
    /// `key-file`, `passphrase`, `credential`, or what a later version calls it.
    pub kind: String,
    /// When it was added, in milliseconds since the epoch.
    pub created_ms: u64,
    /// Whether this version can open it.
    pub is_supported: bool,
}

impl SealRecord {
    /// A record for `root` that `candidate` opens.
    pub fn create(
        root: &RootKey,
        candidate: &Candidate,
        created_ms: u64,
        entropy: &dyn Entropy,
    ) -> Result<Self, SealError> {
        let wrap = Wrap::new(root, candidate, created_ms, entropy)?;
        Ok(Self { version: VERSION, root_key: root.fingerprint(), wraps: vec![wrap] })
    }

    /// Reads a record written by [`to_json`](Self::to_json) of this or an earlier version.
    pub fn from_json(json: &[u8]) -> Result<Self, SealError> {
        check_version(DOCUMENT, json, MAX_BYTES, VERSION)?;
        let record: Self =
            serde_json::from_slice(json).map_err(|error| damaged(error.to_string()))?;
        if record.wraps.is_empty() || record.wraps.len() > MAX_WRAPS {
            return Err(damaged(format!("it must hold between 1 and {MAX_WRAPS} wraps")));
        }
        Ok(record)
    }

    /// The record as a JSON document that people can read.
    pub fn to_json(&self) -> Result<Vec<u8>, SealError> {
        serde_json::to_vec_pretty(self).map_err(|error| damaged(error.to_string()))
    }

    /// The root key, if any candidate opens any wrap. Changes nothing in any case.
    pub fn open(&self, candidates: &[Candidate]) -> Result<RootKey, SealError> {
        let mut malformed = None;
        for (wrap, candidate) in pairs(&self.wraps, candidates) {
            match wrap.try_open(candidate) {
                Attempt::Opened(root) => return self.checked(root),
                Attempt::Failed(error) => return Err(error),
                Attempt::Malformed(reason) => {
                    malformed = Some(format!("wrap {}: {reason}", wrap.id))
                }
                Attempt::Refused => {}
            }
        }
        Err(malformed.map_or_else(|| self.wrong_key(), damaged))
    }

    /// Lets `candidate` open the seal as well; returns the id of the new wrap.
    pub fn add(
        &mut self,
        root: &RootKey,
        candidate: &Candidate,
        created_ms: u64,
        entropy: &dyn Entropy,
    ) -> Result<String, SealError> {
        self.expect_root(root)?;
        if self.wraps.len() >= MAX_WRAPS {
            return Err(SealError::UnusableKey {
                what: "another key".to_owned(),
                reason: format!("the seal has {MAX_WRAPS} wraps already"),
            });
        }
        let wrap = Wrap::new(root, candidate, created_ms, entropy)?;
        let id = wrap.id.clone();
        self.wraps.push(wrap);
        Ok(id)
    }

    /// Takes a wrap away; never the last one that this version can open.
    pub fn remove(&mut self, id: &str) -> Result<(), SealError> {
        if !self.wraps.iter().any(|wrap| wrap.id == id) {
            return Err(SealError::NoSuchWrap { id: id.to_owned() });
        }
        if !self.wraps.iter().any(|wrap| wrap.id != id && wrap.is_supported()) {
            return Err(SealError::LastWrap { id: id.to_owned() });
        }
        self.wraps.retain(|wrap| wrap.id != id);
        Ok(())
    }

    /// The wraps, oldest first.
    pub fn list(&self) -> Vec<WrapSummary> {
        let summary = |wrap: &Wrap| WrapSummary {
            id: wrap.id.clone(),
            kind: wrap.kind.clone(),
            created_ms: wrap.created_ms,
            is_supported: wrap.is_supported(),
        };
        self.wraps.iter().map(summary).collect()
    }

    /// Fingerprint of the root key that this record wraps.
    pub fn root_key_fingerprint(&self) -> &str {
        &self.root_key
    }

    fn checked(&self, root: RootKey) -> Result<RootKey, SealError> {
        self.expect_root(&root).map(|()| root)
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

    fn wrong_key(&self) -> SealError {
        let names = self.wraps.iter().map(|wrap| {
            let note = if wrap.is_supported() { "" } else { " (unknown to this version)" };
            format!("{} {}{note}", wrap.kind, wrap.id)
        });
        SealError::WrongKey { accepted: names.collect::<Vec<_>>().join(", ") }
    }
}

/// Refuses a document that is too long or of a version beyond `known`, before reading the rest.
pub(crate) fn check_version(
    document: &'static str,
    json: &[u8],
    max_bytes: usize,
    known: u32,
) -> Result<(), SealError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let damaged = |reason| SealError::DamagedRecord { document, reason };
    if json.len() > max_bytes {
        return Err(damaged(format!("it is longer than {max_bytes} bytes")));
    }
    let found: Versioned =
        serde_json::from_slice(json).map_err(|error| damaged(error.to_string()))?;
    match found.version {
        0 => Err(damaged("it has no version".to_owned())),
        version if version > known => {
            Err(SealError::NewerFormat { document, found: version, known })
        }
        _ => Ok(()),
    }
}

/// Every candidate with every wrap, the cheap kinds before the dear ones.
fn pairs<'a>(
    wraps: &'a [Wrap],
    candidates: &'a [Candidate],
) -> impl Iterator<Item = (&'a Wrap, &'a Candidate)> {
    let (dear, cheap): (Vec<_>, Vec<_>) = wraps.iter().partition(|wrap| wrap.kind == "passphrase");
    cheap
        .into_iter()
        .chain(dear)
        .flat_map(move |wrap| candidates.iter().map(move |candidate| (wrap, candidate)))
}

fn damaged(reason: String) -> SealError {
    SealError::DamagedRecord { document: DOCUMENT, reason }
}
