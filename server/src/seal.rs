//! The seal of a data directory: the root key while the server runs, and the document beside the data.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use strongroom_api::{Entropy, Timestamp};
use strongroom_seal::{Candidate, KeyFile, RootKey, SealRecord, WrapSummary};
use zeroize::Zeroizing;

use crate::config::{Config, Keys};
use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::files;

/// An open seal.
pub struct Seal {
    root: RootKey,
    record: Mutex<SealRecord>,
    /// Where the document is; nowhere for a server in memory.
    path: Option<PathBuf>,
}

impl Seal {
    /// Opens the seal of the data. Changes nothing.
    ///
    /// # Errors
    /// For the operator: no key, a wrong one, or a damaged document.
    pub fn open(config: &Config) -> Result<Self, Failure> {
        let path = config.data.seal();
        let text = std::fs::read(&path).map_err(|cause| Failure::of_file("read", &path, &cause))?;
        let record = SealRecord::from_json(&text)?;
        let candidates = candidates(&config.keys, &config.data)?;
        if candidates.is_empty() {
            return Err(Failure::new(format!(
                "no key is at hand to open {}",
                config.data.path().display()
            ))
            .hint(format!(
                "put the key file back at {}, or name one with --key-file",
                config.data.key_file().display()
            )));
        }
        let root = record.open(&candidates)?;
        Ok(Self { root, record: Mutex::new(record), path: Some(path) })
    }

    /// Makes a seal for fresh data: with the keys given, or with a new key file beside the data.
    ///
    /// # Errors
    /// For the operator: a key that cannot be used, a file that cannot be written.
    pub fn create(config: &Config, now: Timestamp, entropy: &dyn Entropy) -> Result<Self, Failure> {
        let (keys, data) = (&config.keys, &config.data);
        let is_given = keys.passphrase.is_some()
            || keys.passphrase_file.is_some()
            || keys.credential.is_some()
            || keys.credential_file.is_some();
        let key_file = keys.key_file.clone().unwrap_or_else(|| data.key_file());
        if (!is_given || keys.key_file.is_some()) && !key_file.exists() {
            KeyFile::create(&key_file, entropy)?;
        }
        let mut candidates = candidates(keys, data)?.into_iter();
        let first = candidates.next().ok_or_else(|| Failure::new("no key was given"))?;
        let root = RootKey::generate(entropy)?;
        let mut record = SealRecord::create(&root, &first, millis(now), entropy)?;
        for candidate in candidates {
            record.add(&root, &candidate, millis(now), entropy)?;
        }
        let path = data.seal();
        files::write_private(&path, &record.to_json()?)?;
        Ok(Self { root, record: Mutex::new(record), path: Some(path) })
    }

    /// A seal that lasts as long as the process.
    ///
    /// # Errors
    /// Only when there is no memory.
    pub fn in_memory(now: Timestamp, entropy: &dyn Entropy) -> Result<Self, Failure> {
        let root = RootKey::generate(entropy)?;
        let mut key = Zeroizing::new([0; 32]);
        entropy.fill(&mut *key);
        let record =
            SealRecord::create(&root, &Candidate::credential(&*key)?, millis(now), entropy)?;
        Ok(Self { root, record: Mutex::new(record), path: None })
    }

    /// The root key.
    #[must_use]
    pub fn root(&self) -> &RootKey {
        &self.root
    }

    /// The ways to open the seal.
    #[must_use]
    pub fn list(&self) -> Vec<WrapSummary> {
        self.record().list()
    }

    /// Lets another key open the seal; returns the id of the new wrap.
    ///
    /// # Errors
    /// For the operator; nothing has changed then.
    pub fn add(
        &self,
        candidate: &Candidate,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<String, Failure> {
        let mut record = self.record();
        let mut changed = record.clone();
        let id = changed.add(&self.root, candidate, millis(now), entropy)?;
        self.write(&changed)?;
        *record = changed;
        Ok(id)
    }

    /// Takes a way to open the seal away.
    ///
    /// # Errors
    /// For the operator; nothing has changed then.
    pub fn remove(&self, id: &str) -> Result<(), Failure> {
        let mut record = self.record();
        let mut changed = record.clone();
        changed.remove(id)?;
        self.write(&changed)?;
        *record = changed;
        Ok(())
    }

    fn write(&self, record: &SealRecord) -> Result<(), Failure> {
        match &self.path {
            Some(path) => files::write_private(path, &record.to_json()?),
            None => Ok(()),
        }
    }

    fn record(&self) -> MutexGuard<'_, SealRecord> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every key that is at hand: those that were named, and the key file beside the data.
///
/// # Errors
/// For the operator: one that was named and cannot be used.
pub fn candidates(keys: &Keys, data: &DataDirectory) -> Result<Vec<Candidate>, Failure> {
    let mut found = named(keys)?;
    let beside = data.key_file();
    if keys.key_file.is_none() && beside.exists() {
        found.insert(0, KeyFile::read(&beside)?.into());
    }
    Ok(found)
}

/// The keys that were named.
///
/// # Errors
/// For the operator: one that cannot be used.
pub fn named(keys: &Keys) -> Result<Vec<Candidate>, Failure> {
    let mut found = Vec::new();
    if let Some(path) = &keys.key_file {
        found.push(KeyFile::read(path)?.into());
    }
    if let Some(path) = &keys.credential_file {
        found.push(Candidate::credential_file(path)?);
    }
    if let Some(text) = &keys.credential {
        found.push(Candidate::credential(text.as_bytes())?);
    }
    if let Some(text) = &keys.passphrase {
        found.push(Candidate::passphrase(text.clone())?);
    }
    if let Some(path) = &keys.passphrase_file {
        found.push(Candidate::passphrase(read_passphrase(path)?)?);
    }
    Ok(found)
}

/// The first line of a file.
fn read_passphrase(path: &std::path::Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|cause| Failure::of_file("read", path, &cause))?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn millis(now: Timestamp) -> u64 {
    u64::try_from(now.millis()).unwrap_or_default()
}
