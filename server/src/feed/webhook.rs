//! The feed as a webhook: every change is posted to an address of the operator's.
//!
//! A delivery carries `x-strongroom-timestamp` and `x-strongroom-signature`, which is `sha256=` and
//! the HMAC-SHA256, in hex, of `timestamp.body` under the shared secret. A change that is refused or
//! not answered is posted again, later and later; after the last try it is given up, which is logged
//! and counted, so that one bad change does not hold up all others. Where the feed stands is stored, so
//! that a restart goes on there; a change may then be posted twice, and has the same `id`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use strongroom_api::{Caller, Circumstances, Ids, Recorder, Source};
use strongroom_records::Record;
use strongroom_trail::hex;
use zeroize::Zeroizing;

use crate::feed::change::Change;
use crate::feed::{Changes, SeesSecrets};
use crate::foundation::Foundation;
use crate::outward::Address;

/// Posts changes to one address.
pub struct Webhook {
    /// The address.
    pub address: Address,
    /// What deliveries are signed with.
    pub secret: Zeroizing<Vec<u8>>,
    /// Trail, records and clock.
    pub foundation: Arc<Foundation>,
    /// Knows the ARNs of secrets.
    pub secrets: Arc<dyn SeesSecrets>,
    /// Where records go; deliveries leave none.
    pub recorder: Arc<dyn Recorder>,
    /// Changes that were given up.
    pub given_up: Arc<AtomicU64>,
}

/// Where the webhook stands in the trail.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    sequence: u64,
}

impl Record for Place {
    const KIND: &'static str = "place of the webhook in the trail";
}

const PLACE: &str = "system/feed-webhook";
/// How often one change is tried, and how long the first wait is; each is twice the one before.
const MOST_TRIES: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// After a fault of ours.
const PAUSE: Duration = Duration::from_secs(5);

impl Webhook {
    /// Posts changes as they are made. Dropping it at any moment loses none.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.follow().await {
                tracing::error!("the webhook waits: {error}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn follow(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let records = &self.foundation.records;
        let head = self.foundation.trail.position().sequence;
        // A trail that was begun anew ends before the place in the old one.
        let stored = records.get::<Place>(PLACE).await?.map(|place| place.sequence);
        let mut place = stored.filter(|stored| *stored <= head).unwrap_or(head);
        self.store(place).await?;
        let mut changes = Changes::after(Arc::clone(&self.foundation.trail), place);
        let mut follower = self.foundation.trail.follow(place);
        let ids = Ids::new(&*self.foundation.entropy);
        loop {
            let batch = changes.next().await?;
            for change in &batch.changes {
                self.deliver(change, &ids).await;
            }
            // Other records alone are not worth a write, save once in a while.
            if !batch.changes.is_empty() || batch.read_to > place + 10_000 {
                place = batch.read_to;
                self.store(place).await?;
            }
            if batch.is_all && follower.advanced().await.is_none() {
                return Ok(());
            }
        }
    }

    async fn deliver(&self, change: &Change, ids: &Ids) {
        let arn = self.arn(change, ids).await;
        let Ok(event) = change.event(&arn) else { return };
        let mut wait = FIRST_WAIT;
        for attempt in 1..=MOST_TRIES {
            match self.attempt(&event).await {
                Ok(()) => return,
                Err(reason) => tracing::warn!(attempt, "the webhook was not taken: {reason}"),
            }
            if attempt < MOST_TRIES {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
        }
        self.given_up.fetch_add(1, Ordering::Relaxed);
        tracing::error!(record = change.sequence, "a change was given up by the webhook");
    }

    async fn attempt(&self, event: &str) -> Result<(), String> {
        let timestamp = self.foundation.clock.now().seconds().to_string();
        let signature = signature(&self.secret, &timestamp, event);
        let headers = [
            ("content-type", "application/json"),
            ("x-strongroom-signature", &*signature),
            ("x-strongroom-timestamp", &*timestamp),
        ];
        let body = event.as_bytes().to_vec();
        match self.foundation.exit.post(&self.address, &headers, body).await {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => Err(format!("the answer was {status}")),
            Err(reason) => Err(reason),
        }
    }

    /// The ARN of the secret; the name that was asked for if it cannot be told.
    async fn arn(&self, change: &Change, ids: &Ids) -> String {
        if change.secret.starts_with("arn:") {
            return change.secret.clone();
        }
        let caller = Caller::root(&change.account, None);
        let request_id = ids.next().to_string();
        let circumstances = Circumstances {
            caller: &caller,
            region: &change.region,
            now: self.foundation.clock.now(),
            request_id: &request_id,
            source: Source::default(),
            via: None,
            recorder: &*self.recorder,
            entropy: &*self.foundation.entropy,
            ids,
        };
        let seen = self.secrets.seen(&circumstances, &change.secret).await;
        seen.unwrap_or_else(|| change.secret.clone())
    }

    async fn store(&self, sequence: u64) -> Result<(), strongroom_records::RecordError> {
        let records = &self.foundation.records;
        let mut changes = records.changes();
        changes.put(PLACE, &Place { sequence })?;
        records.commit(changes).await.map(drop)
    }
}

/// What `x-strongroom-signature` says.
#[must_use]
pub fn signature(secret: &[u8], timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
    format!("sha256={}", hex(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_is_what_openssl_makes_of_timestamp_and_body() {
        // printf '1.{}' | openssl dgst -sha256 -hmac key
        let expected = "sha256=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224";
        assert_eq!(signature(b"key", "1", "{}"), expected);
    }
}
