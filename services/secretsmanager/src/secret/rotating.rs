//! What rotation does to a secret, and what else that happens to a secret means for its rotation.

use strongroom_api::{Error, Timestamp};

use super::{MOST_VERSIONS, Secret};
use crate::rotation::{Attempt, Rotation, Run, Step};
use crate::staging::{self, CURRENT, PENDING};
use crate::version::Version;
use crate::write::CLEANED_AT_ONCE;
use crate::{error, events};

impl Secret {
    /// A value that somebody put there makes an end of the rotation in progress, and counts as one where
    /// the next is so many days after the last. The value that the rotation itself makes does not.
    pub(super) fn count_as_rotation(&mut self, version_id: &str, now: Timestamp) {
        let Some(rotation) = &mut self.rotation else { return };
        if rotation.run.as_ref().is_some_and(|run| run.token == version_id) {
            return;
        }
        rotation.give_up(now);
        let follows = rotation.schedule().is_some_and(|s| s.follows_the_last_rotation());
        if rotation.enabled && follows {
            rotation.plan(now);
        }
    }

    /// Completes the rotation in progress if its version is the current one, which is AWS's sign of
    /// success, whoever brought that about. The answer is its token.
    pub fn complete_rotation(&mut self, now: Timestamp) -> Option<String> {
        let run = self.rotation.as_ref()?.run.as_ref().filter(|run| !run.is_test)?;
        self.version(&run.token).filter(|version| version.has(CURRENT))?;
        let rotation = self.rotation.as_deref_mut()?;
        let Run { token, step, .. } = rotation.run.take()?;
        rotation.last = Some(now);
        rotation.plan(now);
        rotation.ended = Some(token.clone());
        rotation.note(Attempt { token: token.clone(), ended: now, step, error: None });
        self.mark_replicas_behind(now);
        Some(token)
    }

    /// What a label that was moved by hand, or by the function, means for the rotation in progress: it is
    /// complete, or given up, or goes on. The answer is the event to put on record, and the token.
    ///
    /// A function that moves AWSCURRENT before its last step still gets to take that.
    pub fn judge_labels(&mut self, now: Timestamp) -> Option<(&'static str, String)> {
        let run = self.rotation.as_ref()?.run.as_ref()?;
        if !run.is_working || run.step == Step::Finish {
            let completed = self.complete_rotation(now);
            if let Some(token) = completed {
                return Some((events::ROTATION_SUCCEEDED, token));
            }
        }
        self.end_orphaned_rotation(now).map(|token| (events::ROTATION_ABANDONED, token))
    }

    /// Makes an end of a rotation that waits to be tried again, once its version has neither AWSPENDING nor
    /// AWSCURRENT: somebody took the label off. The answer is its token.
    fn end_orphaned_rotation(&mut self, now: Timestamp) -> Option<String> {
        let run = self.rotation.as_ref()?.run.as_ref().filter(|run| !run.is_working)?;
        let token = run.token.clone();
        if self.is_under_way(&token) {
            return None;
        }
        self.rotation.as_mut()?.give_up(now);
        Some(token)
    }

    /// Whether the version of a rotation still is what is prepared, or has become current.
    #[must_use]
    pub fn is_under_way(&self, token: &str) -> bool {
        self.version(token).is_some_and(|version| version.has(PENDING) || version.has(CURRENT))
    }

    /// Has the rotation tried again at once that was begun and is not complete. The answer is whether
    /// there is one that nobody is at.
    pub fn reattempt_rotation(&mut self, now: Timestamp, rotation_token: &str) -> bool {
        let pending = self.unfinished().map(|version| version.id.clone());
        let Some(rotation) = self.rotation.as_mut().filter(|rotation| rotation.enabled) else {
            return false;
        };
        match (&mut rotation.run, pending) {
            (Some(run), _) if run.is_working => false,
            (Some(run), _) => {
                (run.wake, run.until, run.tries) = (Some(now), None, 0);
                true
            }
            (None, Some(pending)) => {
                rotation.run = Some(Run::new(&pending, rotation_token, now));
                true
            }
            (None, None) => false,
        }
    }

    /// The token of the rotation in progress.
    #[must_use]
    pub fn rotating(&self) -> Option<&str> {
        Some(self.rotation.as_ref()?.run.as_ref()?.token.as_str())
    }

    /// When rotation has to look at it next. Nothing is rotated that is being deleted or is a replica.
    #[must_use]
    pub fn rotation_due(&self) -> Option<Timestamp> {
        self.rotated()?.due()
    }

    /// When its rotation goes on, or the next one begins.
    #[must_use]
    pub fn rotation_goes_on(&self) -> Option<Timestamp> {
        self.rotated()?.goes_on()
    }

    fn rotated(&self) -> Option<&Rotation> {
        let is_rotated = self.deletion.is_none() && !self.replication.is_replica();
        self.rotation.as_deref().filter(|_| is_rotated)
    }

    /// The version that a rotation prepared and nobody finished: AWSPENDING is on it, and it is not the
    /// current one.
    #[must_use]
    pub fn unfinished(&self) -> Option<&Version> {
        self.labelled(PENDING).filter(|version| !version.has(CURRENT))
    }

    /// Adds the version that a rotation is to give a value, with AWSPENDING. The answer is how many old
    /// versions made room.
    ///
    /// # Errors
    /// The limits on labels and versions.
    pub fn prepare_version(&mut self, version_id: &str, now: Timestamp) -> Result<usize, Error> {
        let cleaned = self.clean_up(now, CLEANED_AT_ONCE).len();
        if self.version(version_id).is_none() {
            if self.versions.len() >= MOST_VERSIONS {
                return Err(error::too_many_versions());
            }
            self.versions.push(Version::new(version_id.to_owned(), now));
        }
        staging::attach(&mut self.versions, PENDING, version_id);
        if staging::count(&self.versions) > staging::MOST_LABELS {
            return Err(error::too_many_labels());
        }
        self.mark_changed(now);
        Ok(cleaned)
    }
}
