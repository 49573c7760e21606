//! Events of rotations, stored with the change that they tell of until they are on record.
//!
//! A crash between the change and its record loses none: the job finds what is left and puts it on record
//! then. After a crash between the record and the note of it, an event may be on record twice.

use serde::{Deserialize, Serialize};
use strongroom_api::{Circumstances, Result, Timestamp};

use crate::secret::{Found, Secret};
use crate::{SecretsManager, error, events};

/// An event that is yet to be put on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Its name.
    pub name: String,
    /// The token of the rotation.
    pub token: String,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it happened.
    #[serde(with = "crate::time")]
    pub at: Timestamp,
}

/// Whoever has changed a secret gets as long to put that on record, before the job does.
pub const GRACE_MILLIS: i64 = 60_000;
/// How often the note that something is on record is tried again, when others write.
const MOST_CONFLICTS: usize = 16;

impl Secret {
    /// Notes an event, to be saved with the change that it tells of. The answer is to be handed to
    /// [`SecretsManager::publish`] when that is done.
    pub fn announce(
        &mut self,
        name: &str,
        token: &str,
        failure: Option<&str>,
        at: Timestamp,
    ) -> Announcement {
        let announcement = Announcement {
            name: name.to_owned(),
            token: token.to_owned(),
            failure: failure.map(str::to_owned),
            at,
        };
        self.rotation.get_or_insert_default().unrecorded.push(announcement.clone());
        announcement
    }

    /// What somebody should have put on record by `now`.
    #[must_use]
    pub fn overdue_announcements(&self, now: Timestamp) -> Vec<Announcement> {
        let unrecorded = self.rotation.iter().flat_map(|rotation| &rotation.unrecorded);
        unrecorded.filter(|one| one.at.plus_millis(GRACE_MILLIS) <= now).cloned().collect()
    }
}

impl SecretsManager {
    /// Puts events on record that are saved with `found`'s secret, and then stores that they are.
    ///
    /// # Errors
    /// Internal only: the log cannot take it. The job tries again then.
    pub async fn publish(
        &self,
        circumstances: &Circumstances<'_>,
        found: &Found,
        announced: &[Announcement],
    ) -> Result<()> {
        for Announcement { name, token, failure, at } in announced {
            let then = Circumstances { now: *at, ..*circumstances };
            events::of_rotation(&then, found, token, name, failure.as_deref())?;
        }
        if announced.is_empty() {
            return Ok(());
        }
        for _ in 0..MOST_CONFLICTS {
            let secret = self.records().get::<Secret>(&found.0.key).await;
            let Some(found) = secret.map_err(error::storage)?.map(Found) else { return Ok(()) };
            let mut changed = found.0.value.clone();
            let Some(rotation) = &mut changed.rotation else { return Ok(()) };
            rotation.unrecorded.retain(|one| !announced.contains(one));
            match self.save(Some(&found), changed, Vec::new()).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        // It is on record; that it may come twice is better than to fail for that.
        Ok(())
    }
}
