//! Keeps the trail: signs digests of it every hour, compresses and retires its old segments.
//!
//! The latest digest, and how far the trail has come, are remembered among the sealed records as well,
//! so that a folder that was put back to what it was earlier is noticed.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use strongroom_api::{Error, Timestamp};
use strongroom_cloudtrail::PublicKeys as _;
use strongroom_records::{Record, Records};
use strongroom_trail::{
    DigestKey, Draft, Position, Remembered, Signed, compress_next, hex, last_digest, read_keys,
    retirable, retire, write_digest, write_keys,
};

use crate::adapters::digest_keys::{DigestKeys, SigningKey};
use crate::failure::Failure;
use crate::foundation::{Foundation, of_trail};

/// Keeps the trail in a folder.
pub struct Keeper {
    /// The folder.
    pub folder: PathBuf,
    /// Trail, keys and clock.
    pub foundation: Arc<Foundation>,
    /// How long records are kept.
    pub retention_days: u64,
    /// Whether the trail takes the place of one that is remembered; [`check`](Self::check) finds out.
    pub is_anew: bool,
}

/// The latest digest, as the store remembers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Memory {
    /// Its number.
    pub number: u64,
    /// Its signature, hex.
    pub signature: String,
    /// Where the trail stood, then or when that was looked at last.
    pub position: Position,
}

impl Record for Memory {
    const KIND: &'static str = "latest digest of the trail";
}

const PLACE: &str = "system/trail-digest";
/// How long after one digest the next one is made, as in CloudTrail.
const DIGEST_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: u64 = 86_400_000;
/// How often to look whether there is something to do.
const PULSE: Duration = Duration::from_secs(20);

/// The latest digest that the store remembers.
///
/// # Errors
/// For the operator.
pub async fn memory(records: &Records) -> Result<Option<Memory>, Failure> {
    let found = records.get::<Memory>(PLACE).await;
    let found = found.map_err(|error| Failure::new(error.to_string()))?;
    Ok(found.map(|found| found.value.clone()))
}

/// Remembers how far the trail has come, if there is a digest to remember with it.
///
/// # Errors
/// For the operator.
pub async fn note_position(foundation: &Foundation) -> Result<(), Failure> {
    let Some(memory) = memory(&foundation.records).await? else { return Ok(()) };
    let trail = Arc::clone(&foundation.trail);
    // What is remembered must survive a power cut no better than what it tells of.
    let synced = tokio::task::spawn_blocking(move || {
        let position = trail.position();
        trail.sync().map(|()| position)
    });
    let synced = synced.await.map_err(|error| Failure::new(error.to_string()))?;
    let position = synced.map_err(of_trail)?;
    if position.sequence <= memory.position.sequence {
        return Ok(());
    }
    store(&foundation.records, &Memory { position, ..memory }).await
}

async fn store(records: &Records, memory: &Memory) -> Result<(), Failure> {
    let mut changes = records.changes();
    let put = changes.put(PLACE, memory);
    put.map_err(|error| Failure::new(error.to_string()))?;
    let committed = records.commit(changes).await;
    committed.map(drop).map_err(|error| Failure::new(error.to_string()))
}

impl Memory {
    /// What whoever verifies the trail expects.
    #[must_use]
    pub fn remembered(&self) -> Remembered {
        Remembered { number: self.number, signature: self.signature.clone() }
    }
}

impl Keeper {
    /// Refuses a trail that is not the one remembered.
    ///
    /// # Errors
    /// For the operator.
    pub async fn check(&mut self) -> Result<(), Failure> {
        let Some(memory) = memory(&self.foundation.records).await? else { return Ok(()) };
        let position = self.foundation.trail.position().sequence;
        let digest = last_digest(&self.folder).map_err(of_trail)?;
        let number = digest.map_or(0, |digest| digest.digest.digest_number);
        if position == 0 && number == 0 {
            self.is_anew = true;
            tracing::error!(
                records = memory.position.sequence,
                "the trail is a new one in the place of one that had records"
            );
            return Ok(());
        }
        if position < memory.position.sequence || number < memory.number {
            return Err(Failure::new(format!(
                "the trail in {} was rolled back: it ends with record {position} and digest \
                 {number}, and had reached record {} and digest {}",
                self.folder.display(),
                memory.position.sequence,
                memory.number
            ))
            .hint(
                "restore the whole folder as it was last, or move it aside to begin a new trail, \
                 which will say that it takes the place of this one",
            ));
        }
        Ok(())
    }

    /// Does what is due, again and again. Dropping it at any moment does no harm.
    pub async fn run(&self) {
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pulse.tick().await;
            if let Err(failure) = self.do_what_is_due().await {
                tracing::error!("the trail is not kept as it should be: {failure}");
            }
        }
    }

    async fn do_what_is_due(&self) -> Result<(), Failure> {
        let now = self.foundation.clock.now();
        let before = self.blocking(|folder| last_digest(&folder)).await?;
        let memory = memory(&self.foundation.records).await?;
        let is_due = match (&before, &memory) {
            // What was written and not remembered, a crash being between, is remembered now.
            (Some(before), Some(memory)) if before.digest.digest_number == memory.number => {
                is_an_hour_ago(&before.digest.digest_end_time, now)
            }
            (Some(before), None) => {
                self.remember(before).await?;
                false
            }
            (Some(before), Some(memory)) if before.digest.digest_number > memory.number => {
                self.remember(before).await?;
                false
            }
            (None, None) => true,
            (None, Some(_)) if self.is_anew => true,
            (found, Some(memory)) => {
                let found = found.as_ref().map_or(0, |found| found.digest.digest_number);
                return Err(Failure::new(format!(
                    "digest {found} is the latest one, and {} had been made: the trail was put \
                     back to what it was",
                    memory.number
                ))
                .hint("no digest is signed until they are restored"));
            }
        };
        if is_due {
            let signed = self.sign(now, memory.map(|memory| memory.position)).await?;
            self.remember(&signed).await?;
            let begins_after = signed.digest.begins_after;
            self.blocking(move |folder| retire(&folder, &begins_after)).await?;
            let index = Arc::clone(&self.foundation.trail_index);
            let forgotten =
                tokio::task::spawn_blocking(move || index.forget_before(begins_after.sequence + 1));
            let forgotten = forgotten.await.map_err(|error| Failure::new(error.to_string()))?;
            forgotten.map_err(|error| Failure::new(error.to_string()))?;
        } else {
            note_position(&self.foundation).await?;
        }
        while self.blocking(|folder| compress_next(&folder)).await?.is_some() {}
        Ok(())
    }

    /// Makes a digest of the trail as it is on disk now.
    async fn sign(&self, now: Timestamp, replaces: Option<Position>) -> Result<Signed, Failure> {
        let keys = DigestKeys::new(Arc::clone(&self.foundation.records));
        let key = keys.signing(now).await.map_err(of_error)?;
        self.publish(&keys, &key).await?;
        let now_ms = u64::try_from(now.millis()).unwrap_or_default();
        let cutoff = now_ms.saturating_sub(self.retention_days.saturating_mul(DAY_MILLIS));
        let trail = Arc::clone(&self.foundation.trail);
        self.blocking(move |folder| {
            let position = trail.position();
            trail.sync()?;
            let draft = Draft {
                position,
                begins_after: retirable(&folder, cutoff)?,
                now_ms,
                fingerprint: key.public.fingerprint.clone(),
                replaces,
            };
            let sign = |text: &[u8]| key.sign(text).map_err(io::Error::other);
            write_digest(&folder, draft, sign)
        })
        .await
    }

    /// Puts the public keys beside the digests, a new one endorsed by the one before it.
    async fn publish(&self, keys: &DigestKeys, signing: &SigningKey) -> Result<(), Failure> {
        let mut shown = self.blocking(|folder| read_keys(&folder)).await?;
        let known = shown.iter().any(|one| one.fingerprint == signing.public.fingerprint);
        if known {
            return Ok(());
        }
        for public in keys.public_keys().await.map_err(of_error)? {
            if shown.iter().any(|one| one.fingerprint == public.fingerprint) {
                continue;
            }
            let mut key = DigestKey {
                fingerprint: public.fingerprint.clone(),
                public_key: hex(&public.value),
                from: public.from.millis(),
                to: public.to.millis(),
                endorsement: None,
            };
            let is_signing = public.fingerprint == signing.public.fingerprint;
            if let Some(before) = signing.before.as_ref().filter(|_| is_signing) {
                key.endorsement = Some(hex(&before.sign(&key.endorsed()).map_err(of_error)?));
            }
            shown.push(key);
        }
        self.blocking(move |folder| write_keys(&folder, &shown)).await
    }

    async fn remember(&self, signed: &Signed) -> Result<(), Failure> {
        let memory = Memory {
            number: signed.digest.digest_number,
            signature: signed.signature.clone(),
            position: signed.digest.position,
        };
        store(&self.foundation.records, &memory).await
    }

    /// Files are read and written where nobody waits for it.
    async fn blocking<T: Send + 'static>(
        &self,
        act: impl FnOnce(PathBuf) -> Result<T, strongroom_trail::TrailError> + Send + 'static,
    ) -> Result<T, Failure> {
        let folder = self.folder.clone();
        let done = tokio::task::spawn_blocking(move || act(folder)).await;
        done.map_err(|error| Failure::new(error.to_string()))?.map_err(of_trail)
    }
}

/// Whether `time`, as a digest writes it, is an hour ago, or in a future that cannot be.
fn is_an_hour_ago(time: &str, now: Timestamp) -> bool {
    let Ok(time) = time.parse::<jiff::Timestamp>() else { return true };
    let passed = now.millis() - time.as_millisecond();
    !(0..DIGEST_MILLIS).contains(&passed)
}

fn of_error(error: Error) -> Failure {
    let cause = error.cause().map(ToString::to_string);
    Failure::new(cause.unwrap_or_else(|| error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_due_an_hour_after_the_one_before() {
        let at = |seconds: i64| Timestamp::from_seconds(1_769_854_830 + seconds);
        let time = "2026-01-31T10:20:30Z";
        assert!(!is_an_hour_ago(time, at(0)) && !is_an_hour_ago(time, at(3_599)));
        assert!(is_an_hour_ago(time, at(3_600)) && is_an_hour_ago(time, at(-60)));
    }
}
