//! Values on disk, encrypted, for the time of an outage in which the agent starts anew.
//!
//! A file holds one value: 12 bytes of nonce, then AES-256-GCM of the value with the file's own name as
//! associated data, so that files cannot be exchanged. The name is an HMAC of what was asked for, so that
//! it tells nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use strongroom_client::{Machine, Moment};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::cache::Entry;
use crate::config::DiskCache;
use crate::failure::Failure;
use crate::wanted::{Item, Wanted};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
/// Of a file: HMAC-SHA-256 in hexadecimal digits.
const NAME_LENGTH: usize = 64;
/// More than the largest value.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The folder of values.
pub struct Disk {
    folder: PathBuf,
    cipher: LessSafeKey,
    names: hmac::Key,
    machine: Arc<dyn Machine>,
    /// The files that hold a value of an ARN, so that all go when it changes.
    by_arn: Mutex<BTreeMap<String, BTreeSet<String>>>,
}

/// What a file holds.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Kept {
    body: String,
    arn: String,
    name: String,
    version_id: String,
    confirmed_at: i64,
}

impl Disk {
    /// Opens folder and key, making what is not there; what is older than `max_stale` is cleared away.
    ///
    /// # Errors
    /// For files that cannot be used, naming them.
    pub fn open(
        config: &DiskCache,
        max_stale: Duration,
        machine: Arc<dyn Machine>,
    ) -> Result<Self, Failure> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&config.folder)
            .map_err(|cause| of_file("create", &config.folder, &cause))?;
        let key = key(&config.key_file, machine.as_ref())?;
        // One key for each use.
        let derived =
            |purpose: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*key), purpose);
        let unusable = |_| Failure::new("the key of the disk cache cannot be used");
        let cipher =
            UnboundKey::new(&AES_256_GCM, derived(b"values").as_ref()).map_err(unusable)?;
        let disk = Self {
            folder: config.folder.clone(),
            cipher: LessSafeKey::new(cipher),
            names: hmac::Key::new(hmac::HMAC_SHA256, derived(b"names").as_ref()),
            machine,
            by_arn: Mutex::default(),
        };
        disk.survey(max_stale)?;
        Ok(disk)
    }

    /// Learns what is there, and clears away what can serve no more.
    fn survey(&self, max_stale: Duration) -> Result<(), Failure> {
        let now = Moment::now(self.machine.as_ref());
        let bound = i64::try_from(max_stale.as_millis()).unwrap_or(i64::MAX);
        let failed = |cause| of_file("read", &self.folder, &cause);
        for file in fs::read_dir(&self.folder).map_err(failed)? {
            let path = file.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.len() != NAME_LENGTH {
                // Not ours, or not whole.
                continue;
            }
            let Some((entry, confirmed_at)) = self.unsealed(name) else { continue };
            if now.epoch_millis().saturating_sub(confirmed_at) < bound {
                self.note(&entry.arn, name);
            } else {
                let _absent = fs::remove_file(&path);
            }
        }
        Ok(())
    }

    /// Keeps the value; one that cannot be kept is logged and let go.
    pub fn put(&self, wanted: &Wanted, entry: &Entry, confirmed_at: i64) {
        if let Err(cause) = self.write(wanted, entry, confirmed_at) {
            tracing::warn!(%cause, "a value could not be kept on disk");
        }
    }

    /// The value, if it is there and whole.
    #[must_use]
    pub fn get(&self, wanted: &Wanted) -> Option<Entry> {
        let name = self.name(wanted);
        let (entry, confirmed_at) = self.unsealed(&name)?;
        let now = Moment::now(self.machine.as_ref());
        let age = now.epoch_millis().saturating_sub(confirmed_at);
        if age < 0 {
            tracing::warn!(
                file = name,
                "a value on disk is from the future: the clock was set back"
            );
            return None;
        }
        entry.confirm(now.before(age), 0);
        Some(entry)
    }

    /// The value in a file, and when it was confirmed.
    fn unsealed(&self, name: &str) -> Option<(Entry, i64)> {
        let mut sealed = Zeroizing::new(Vec::new());
        let file = fs::File::open(self.folder.join(name)).ok()?;
        file.take(MAX_FILE_BYTES).read_to_end(&mut sealed).ok()?;
        let (nonce, rest) = sealed.split_at_mut_checked(NONCE_BYTES)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.cipher.open_in_place(nonce, Aad::from(name.as_bytes()), rest);
        let Ok(opened) = opened else {
            tracing::warn!(file = name, "a value on disk is damaged or of another key");
            return None;
        };
        let kept: Kept = serde_json::from_slice(opened).ok()?;
        let body = Zeroizing::new(BASE64.decode(kept.body.as_bytes()).ok()?);
        let entry =
            Entry::new(Bytes::from_owner(Wiped(body)), &kept.arn, &kept.name, &kept.version_id);
        Some((entry, kept.confirmed_at))
    }

    /// Lets the value go.
    pub fn remove(&self, wanted: &Wanted) {
        let _absent = fs::remove_file(self.folder.join(self.name(wanted)));
    }

    /// Lets every value of the ARN go, whatever it was asked for by.
    pub fn remove_all(&self, arn: &str) {
        let names = self.by_arn().remove(arn).unwrap_or_default();
        for name in names {
            let _absent = fs::remove_file(self.folder.join(name));
        }
    }

    fn note(&self, arn: &str, name: &str) {
        self.by_arn().entry(arn.to_owned()).or_default().insert(name.to_owned());
    }

    fn by_arn(&self) -> MutexGuard<'_, BTreeMap<String, BTreeSet<String>>> {
        self.by_arn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, wanted: &Wanted, entry: &Entry, confirmed_at: i64) -> std::io::Result<()> {
        let failed = |_| std::io::Error::other("it could not be sealed");
        let kept = Kept {
            body: BASE64.encode(&entry.body),
            arn: entry.arn.clone(),
            name: entry.name.clone(),
            version_id: entry.version_id.clone(),
            confirmed_at,
        };
        let mut text = Zeroizing::new(serde_json::to_vec(&kept)?);
        let name = self.name(wanted);
        let mut nonce = [0; NONCE_BYTES];
        self.machine.fill(&mut nonce).map_err(|_| std::io::Error::other("no randomness"))?;
        let unique = Nonce::assume_unique_for_key(nonce);
        self.cipher
            .seal_in_place_append_tag(unique, Aad::from(name.as_bytes()), &mut *text)
            .map_err(failed)?;
        let beside = self.folder.join(format!("{name}.new"));
        let mut file = private().truncate(true).create(true).open(&beside)?;
        file.write_all(&nonce)?;
        file.write_all(&text)?;
        fs::rename(beside, self.folder.join(&name))?;
        self.note(&entry.arn, &name);
        Ok(())
    }

    fn name(&self, wanted: &Wanted) -> String {
        let role = wanted.role.as_deref().unwrap_or_default();
        let text = match &wanted.item {
            Item::Secret { id, version_id, version_stage } => {
                let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
                format!("s\n{role}\n{id}\n{}\n{}", or_none(version_id), or_none(version_stage))
            }
            Item::Parameter { name, with_decryption } => {
                format!("p\n{role}\n{name}\n{with_decryption}")
            }
        };
        HEXLOWER.encode(hmac::sign(&self.names, text.as_bytes()).as_ref())
    }
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The key in the file, made if it is not there.
fn key(path: &Path, machine: &dyn Machine) -> Result<Zeroizing<[u8; KEY_BYTES]>, Failure> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    if !path.exists() {
        machine.fill(&mut *key)?;
        create(path, &*key)?;
    }
    // Whoever was there first has made it.
    let mut file = fs::File::open(path).map_err(|cause| of_file("read", path, &cause))?;
    file.read_exact(&mut *key).map_err(|cause| of_file("read", path, &cause))?;
    Ok(key)
}

/// Makes a file that only this user can read, whole or not at all, unless there is one.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    publish(path, bytes, |beside| match fs::hard_link(beside, path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::AlreadyExists => Err(cause),
        _ => fs::remove_file(beside),
    })
}

/// The same in the place of one that is there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    publish(path, bytes, |beside| fs::rename(beside, path))
}

fn publish(
    path: &Path,
    bytes: &[u8],
    put: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = Path::new(&beside);
    // That of a process of the same number which was killed.
    let _absent = fs::remove_file(beside);
    let file = private().create_new(true).open(beside);
    let written = file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| put(beside)).map_err(|cause| of_file("create", path, &cause))
}

fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

/// A file that could not be used.
pub(crate) fn of_file(action: &str, path: &Path, cause: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {action} {}: {cause}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use strongroom_client::ThisMachine;

    use super::*;

    fn wanted(id: &str) -> Wanted {
        let item = Item::Secret { id: id.to_owned(), version_id: None, version_stage: None };
        Wanted { role: None, item }
    }

    fn open(folder: &Path) -> Disk {
        let config = DiskCache { folder: folder.join("values"), key_file: folder.join("key") };
        Disk::open(&config, Duration::from_secs(3_600), ThisMachine::shared()).unwrap()
    }

    #[test]
    fn a_value_outlives_the_agent_and_lies_nowhere_in_the_clear() {
        let folder = tempfile::tempdir().unwrap();
        let entry = Entry::new(Bytes::from_static(b"hunter2-hunter2"), "arn", "prod-db", "v");
        let now = ThisMachine.now().as_millisecond();
        open(folder.path()).put(&wanted("prod-db"), &entry, now - 60_000);
        let found = open(folder.path()).get(&wanted("prod-db")).unwrap();
        assert_eq!(&found.body[..], b"hunter2-hunter2");
        let age = found.age(Moment::now(&ThisMachine)).unwrap();
        assert!(age >= 60_000 && !found.is_fresh(Moment::now(&ThisMachine)), "{age}");
        for file in fs::read_dir(folder.path().join("values")).unwrap() {
            let file = file.unwrap();
            let text = String::from_utf8_lossy(&fs::read(file.path()).unwrap()).into_owned();
            assert!(!text.contains("hunter2") && !text.contains("prod-db"), "{text}");
            assert!(!file.file_name().to_string_lossy().contains("prod"));
        }
    }

    #[test]
    fn a_key_is_made_whole_or_not_at_all_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = key(&path, &ThisMachine).unwrap();
        create(&path, b"another").unwrap();
        assert_eq!(*key(&path, &ThisMachine).unwrap(), *first);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&path).unwrap());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_changed_goes_whatever_it_was_asked_for_by_and_whoever_kept_it() {
        let folder = tempfile::tempdir().unwrap();
        let now = ThisMachine.now().as_millisecond();
        let entry = |arn| Entry::new(Bytes::from_static(b"one"), arn, "a", "v");
        let disk = open(folder.path());
        for (id, arn) in [("a", "arn:a"), ("arn:a", "arn:a"), ("b", "arn:b")] {
            disk.put(&wanted(id), &entry(arn), now);
        }
        let again = open(folder.path());
        again.remove_all("arn:a");
        let kept = ["a", "arn:a", "b"].map(|id| again.get(&wanted(id)).is_some());
        assert_eq!(kept, [false, false, true]);
    }

    #[test]
    fn what_is_past_its_bound_is_cleared_away_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let now = ThisMachine.now().as_millisecond();
        let entry = Entry::new(Bytes::from_static(b"one"), "arn", "a", "v");
        let disk = open(folder.path());
        disk.put(&wanted("old"), &entry, now - 3_601_000);
        disk.put(&wanted("new"), &entry, now);
        fs::write(folder.path().join("values").join("of-another"), "x").unwrap();
        let _surveyed = open(folder.path());
        let mut left: Vec<_> = fs::read_dir(folder.path().join("values"))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort_by_key(String::len);
        assert_eq!(left, ["of-another".to_owned(), disk.name(&wanted("new"))]);
    }

    #[test]
    fn a_value_from_the_future_does_not_serve() {
        let folder = tempfile::tempdir().unwrap();
        let entry = Entry::new(Bytes::from_static(b"one"), "arn", "a", "v");
        let disk = open(folder.path());
        disk.put(&wanted("a"), &entry, ThisMachine.now().as_millisecond() + 3_600_000);
        assert!(disk.get(&wanted("a")).is_none());
    }

    #[test]
    fn files_that_are_exchanged_or_changed_do_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let disk = open(folder.path());
        let entry = Entry::new(Bytes::from_static(b"one"), "arn", "a", "v");
        disk.put(&wanted("a"), &entry, 7);
        let path = |id| disk.folder.join(disk.name(&wanted(id)));
        fs::copy(path("a"), path("b")).unwrap();
        assert!(disk.get(&wanted("b")).is_none());
        let mut bytes = fs::read(path("a")).unwrap();
        bytes[20] ^= 1;
        fs::write(path("a"), bytes).unwrap();
        assert!(disk.get(&wanted("a")).is_none());
        disk.remove(&wanted("a"));
        assert!(!path("a").exists());
    }
}
