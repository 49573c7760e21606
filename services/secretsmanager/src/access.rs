//! Who was read today: `LastAccessedDate`, which AWS keeps by the day.
//!
//! A read must not wait for a write, so it only notes the secret here; a job writes the notes into the
//! records. Until then descriptions show the note. The notes are bounded: when there are too many, a
//! read leaves none, and the next read of that secret today will.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use strongroom_api::Timestamp;

use crate::secret::Secret;

/// Notes held at most; each takes about 200 bytes.
const MOST_NOTES: usize = 100_000;

/// Reads that are not in the records yet.
#[derive(Default)]
pub struct Access {
    notes: Mutex<HashMap<String, Note>>,
}

/// What was read of one secret.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// The day of the last read.
    pub day: Timestamp,
    /// The versions read that day.
    pub versions: Vec<String>,
}

impl Access {
    /// Notes that `version_id` of the secret stored under `key` was read at `now`.
    pub fn note(&self, key: &str, secret: &Secret, version_id: &str, now: Timestamp) {
        let day = now.day();
        let version_is_noted =
            secret.version(version_id).is_some_and(|version| version.last_accessed == Some(day));
        if version_is_noted && secret.accessed == Some(day) {
            return;
        }
        let mut notes = self.lock();
        let full = notes.len() >= MOST_NOTES;
        let note = match notes.get_mut(key) {
            Some(note) => note,
            None if full => return,
            None => notes.entry(key.to_owned()).or_default(),
        };
        if note.day != day {
            *note = Note { day, versions: Vec::new() };
        }
        if !note.versions.iter().any(|id| id == version_id) {
            note.versions.push(version_id.to_owned());
        }
    }

    /// What is noted of the secret stored under `key`.
    #[must_use]
    pub fn noted(&self, key: &str) -> Option<Note> {
        self.lock().get(key).cloned()
    }

    /// Drops the note of a secret that is gone, so that another one under the same `key` does not
    /// inherit it.
    pub fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    /// Takes up to `most` notes, to be written.
    #[must_use]
    pub fn take(&self, most: usize) -> Vec<(String, Note)> {
        let mut notes = self.lock();
        let keys: Vec<String> = notes.keys().take(most).cloned().collect();
        keys.into_iter().filter_map(|key| notes.remove_entry(&key)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Note>> {
        // A panic in between leaves the map as it was or with one note more.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Note {
    /// Puts the note into the secret. The answer is whether that changes anything.
    pub fn apply(&self, secret: &mut Secret) -> bool {
        let mut changed = false;
        if secret.accessed.is_none_or(|day| day < self.day) {
            secret.accessed = Some(self.day);
            changed = true;
        }
        for version in &mut secret.versions {
            let noted = self.versions.contains(&version.id);
            if noted && version.last_accessed.is_none_or(|day| day < self.day) {
                version.last_accessed = Some(self.day);
                changed = true;
            }
        }
        changed
    }
}
