//! When keys were used last: noted as they are used, written down off their path.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use strongroom_api::{Result, Uuid};
use strongroom_records::Record;
use strongroom_wire::Timestamp;

use crate::key::Key;
use crate::{Call, Kms, error, paths};

/// The last successful cryptographic operation on a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    /// Which one: `Decrypt`.
    pub operation: String,
    /// When.
    pub at: Timestamp,
    /// The id of the event in the trail.
    pub event_id: String,
    /// The id of the request.
    pub request_id: String,
}

impl Record for LastUse {
    const KIND: &'static str = "last use of a key";
}

/// Keys whose last use waits to be written down.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<Vec<Arc<Noted>>>);

/// The last use of a key, in memory for as long as the key's record is.
pub(crate) struct Noted {
    path: String,
    latest: Mutex<Latest>,
    is_waiting: AtomicBool,
}

#[derive(Clone)]
struct Latest {
    operation: &'static str,
    at: Timestamp,
    event_id: Uuid,
    request_id: String,
    /// Before then it is not written down again.
    rests_until: Timestamp,
}

/// No more keys wait at a time. A key that found no room tries again when it is used again.
const MOST: usize = 16_384;
/// Keys written down in one transaction.
const AT_ONCE: usize = 128;
/// A key that is in use all the time is written down once in so long.
const REST_MILLIS: i64 = 10_000;

impl Kms {
    /// Notes that `operation` was done with `key` for `call`. Waits for no store.
    pub(crate) fn note_use(&self, call: &Call<'_>, key: &Key, operation: &'static str) {
        let noted = key.prepared.noted.get_or_init(|| Noted::begin(call, key, operation));
        {
            // Held for some copies only.
            let mut latest = noted.latest();
            latest.operation = operation;
            latest.at = call.now;
            latest.event_id = call.event_id();
            latest.request_id.clear();
            latest.request_id.push_str(call.request_id);
        }
        if !noted.is_waiting.swap(true, Ordering::Relaxed) && !self.uses.add(noted) {
            noted.is_waiting.store(false, Ordering::Relaxed);
        }
    }

    /// The last use of `key`; `None` if it was never used.
    pub(crate) async fn last_use(&self, key: &Key) -> Result<Option<LastUse>> {
        let path = key.path();
        let here = key.prepared.noted.get().map(|noted| noted.last_use());
        let waiting = self.uses.last_use(&path);
        // Read last: what is written down meanwhile is found in one place or the other.
        let kept = self.records.get::<LastUse>(&paths::last_use(&path)).await;
        let kept = kept.map_err(error::of_record)?.map(|kept| kept.value.clone());
        Ok([kept, waiting, here].into_iter().flatten().max_by_key(|used| used.at))
    }

    /// Writes down what was noted and is due. The server calls it about once a second.
    ///
    /// # Errors
    /// Internal only: the store fails. What was not written down goes on waiting.
    pub async fn write_down_uses(&self, now: Timestamp) -> Result<()> {
        let due = self.uses.due(now);
        for some in due.chunks(AT_ONCE) {
            let mut changes = self.records.changes();
            let mut written = Vec::with_capacity(some.len());
            // A key whose record was read again while its use waited waits twice.
            let mut latest: BTreeMap<&str, LastUse> = BTreeMap::new();
            for noted in some {
                let used = noted.last_use();
                written.push((noted, used.event_id.clone()));
                match latest.entry(&noted.path) {
                    Entry::Vacant(vacant) => drop(vacant.insert(used)),
                    Entry::Occupied(mut known) if known.get().at <= used.at => {
                        known.insert(used);
                    }
                    Entry::Occupied(_) => {}
                }
            }
            for (key, used) in latest {
                let path = paths::last_use(key);
                let key = self.records.get::<Key>(key).await.map_err(error::of_record)?;
                let kept = self.records.get::<LastUse>(&path).await.map_err(error::of_record)?;
                // A key that is gone leaves nothing behind, and another node may know of a later use.
                if key.is_some() && kept.is_none_or(|kept| kept.at <= used.at) {
                    changes.put(&path, &used).map_err(error::of_record)?;
                }
            }
            if !changes.is_empty() {
                self.records.commit(changes).await.map_err(error::of_record)?;
            }
            written.iter().for_each(|(noted, event_id)| noted.is_written(event_id, now));
        }
        self.uses.let_go();
        Ok(())
    }
}

impl Uses {
    /// Whether there was room.
    fn add(&self, noted: &Arc<Noted>) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = waiting.len() < MOST;
        if has_room {
            waiting.push(Arc::clone(noted));
        }
        has_room
    }

    fn due(&self, now: Timestamp) -> Vec<Arc<Noted>> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        waiting.into_iter().filter(|noted| noted.latest().rests_until <= now).collect()
    }

    /// Drops those that wait no more.
    fn let_go(&self) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|noted| noted.is_waiting.load(Ordering::Relaxed));
    }

    fn last_use(&self, path: &str) -> Option<LastUse> {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_key = waiting.iter().filter(|noted| noted.path == path);
        of_key.map(|noted| noted.last_use()).max_by_key(|used| used.at)
    }
}

impl Noted {
    fn begin(call: &Call<'_>, key: &Key, operation: &'static str) -> Arc<Self> {
        let latest = Latest {
            operation,
            at: call.now,
            event_id: call.event_id(),
            request_id: call.request_id.to_owned(),
            rests_until: Timestamp::from_millis(0),
        };
        let latest = Mutex::new(latest);
        Arc::new(Self { path: key.path(), latest, is_waiting: AtomicBool::new(false) })
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last_use(&self) -> LastUse {
        let latest = self.latest().clone();
        LastUse {
            operation: latest.operation.to_owned(),
            at: latest.at,
            event_id: latest.event_id.to_string(),
            request_id: latest.request_id,
        }
    }

    /// Waits no more, unless it was used since.
    fn is_written(&self, event_id: &str, now: Timestamp) {
        let mut latest = self.latest();
        latest.rests_until = now.plus_millis(REST_MILLIS);
        if latest.event_id.to_string() == event_id {
            self.is_waiting.store(false, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noted").field("path", &self.path).finish_non_exhaustive()
    }
}
