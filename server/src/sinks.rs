//! Shipping the trail to where else an operator keeps records: files, syslog, HTTP, OTLP.
//!
//! The trail itself is the spool: a sink reads it from where it stands, which is stored, so that a
//! restart goes on there. How far it may fall behind is bounded, and what happens then is the
//! operator's choice for each sink: `block` lets calls fail until it has caught up, `drop` passes over
//! records, which is counted, logged and put on record.

mod file;
mod http;
mod spec;
mod syslog;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use strongroom_records::Record;
use strongroom_trail::{Entry, hex};

use crate::foundation::Foundation;

pub use spec::{Full, Kind, Spec};

/// A sink that is shipped to.
pub struct Sink {
    /// What it is.
    pub spec: Spec,
    /// How far it is.
    pub gauge: Arc<Gauge>,
    /// Trail, records and clock.
    pub foundation: Arc<Foundation>,
    /// The account that dropped records are told in.
    pub account: String,
    /// The region that they are told in.
    pub region: String,
}

/// How far a sink is, for whoever counts and whoever may have to wait.
#[derive(Debug)]
pub struct Gauge {
    /// What the operator called it.
    pub name: String,
    /// Up to which record it has all.
    pub shipped: AtomicU64,
    /// Records that it did not get.
    pub dropped: AtomicU64,
    /// How many records it may be behind before calls fail; nothing if they never do.
    pub blocks_at: Option<u64>,
}

/// Where a sink stands in the trail.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    sequence: u64,
}

impl Record for Place {
    const KIND: &'static str = "place of a sink in the trail";
}

/// Records that are shipped at once.
const BATCH: usize = 512;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

type Fault = Box<dyn std::error::Error + Send + Sync>;

impl Gauge {
    /// Whether a call whose record would be `next` has to fail because this sink is too far behind.
    #[must_use]
    pub fn is_full_at(&self, next: u64) -> bool {
        self.blocks_at
            .is_some_and(|most| next.saturating_sub(self.shipped.load(Ordering::Relaxed)) > most)
    }
}

impl Sink {
    /// A sink as `spec` says, which stands where it stood.
    ///
    /// # Errors
    /// Its place cannot be read.
    pub async fn open(
        spec: Spec,
        foundation: Arc<Foundation>,
        account: String,
        region: String,
    ) -> Result<Self, Fault> {
        let head = foundation.trail.position().sequence;
        let place = foundation.records.get::<Place>(&place(&spec)).await?;
        // A new one begins now; a trail that was begun anew ends before the place in the old one.
        let stands = place.map(|place| place.sequence).filter(|stands| *stands <= head);
        let gauge = Gauge {
            name: spec.text.clone(),
            shipped: AtomicU64::new(stands.unwrap_or(head)),
            dropped: AtomicU64::new(0),
            blocks_at: (spec.full == Full::Block).then_some(spec.spool),
        };
        let sink = Self { spec, gauge: Arc::new(gauge), foundation, account, region };
        sink.store().await?;
        Ok(sink)
    }

    /// Ships what is written to the trail. Dropping it at any moment loses nothing.
    pub async fn run(self) {
        let mut wait = FIRST_WAIT;
        loop {
            let shipped = match self.drop_surplus().await {
                Ok(()) => self.ship().await,
                Err(error) => Err(error),
            };
            match shipped {
                Ok(true) => return,
                Ok(false) => wait = FIRST_WAIT,
                Err(error) => {
                    let sink = &self.spec.text;
                    tracing::warn!(%sink, "records of calls wait to be shipped: {error}");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Ships one batch, or waits for one; whether the trail is closed and all is shipped.
    async fn ship(&self) -> Result<bool, Fault> {
        let shipped = self.gauge.shipped.load(Ordering::Relaxed);
        let trail = Arc::clone(&self.foundation.trail);
        let read = move || trail.read_from(shipped + 1).take(BATCH).collect::<Result<Vec<_>, _>>();
        let batch: Vec<Entry> = tokio::task::spawn_blocking(read).await??;
        let Some(last) = batch.last().map(|last| last.sequence) else {
            return Ok(self.foundation.trail.follow(shipped).advanced().await.is_none());
        };
        self.write(&batch).await?;
        self.gauge.shipped.store(last, Ordering::Relaxed);
        self.store().await?;
        Ok(false)
    }

    async fn write(&self, batch: &[Entry]) -> Result<(), Fault> {
        match &self.spec.kind {
            Kind::File(path) => file::write(path.clone(), lines(batch)).await,
            Kind::Syslog(to) => syslog::write(to, batch).await,
            Kind::Http(address) => {
                http::post_lines(&self.foundation.exit, address, lines(batch)).await
            }
            Kind::Otlp(address) => http::post_otlp(&self.foundation.exit, address, batch).await,
        }
    }

    /// Passes over the oldest records if there are more than may wait and the operator wants it so.
    async fn drop_surplus(&self) -> Result<(), Fault> {
        let head = self.foundation.trail.position().sequence;
        let shipped = self.gauge.shipped.load(Ordering::Relaxed);
        let surplus = head.saturating_sub(shipped).saturating_sub(self.spec.spool);
        if self.spec.full != Full::Drop || surplus == 0 {
            return Ok(());
        }
        self.gauge.shipped.store(shipped + surplus, Ordering::Relaxed);
        self.gauge.dropped.fetch_add(surplus, Ordering::Relaxed);
        self.store().await?;
        let (sink, first, last) = (&self.spec.text, shipped + 1, shipped + surplus);
        tracing::error!(%sink, first, last, "records of calls were not shipped");
        self.put_on_record(first, last)
    }

    /// Tells the trail itself what did not leave it.
    fn put_on_record(&self, first: u64, last: u64) -> Result<(), Fault> {
        let id = strongroom_api::random_uuid(&*self.foundation.entropy).to_string();
        let record = serde_json::json!({
            "eventVersion": "1.11",
            "userIdentity": {"accountId": self.account, "invokedBy": SOURCE},
            "eventTime": self.foundation.clock.now().iso8601(),
            "eventSource": SOURCE,
            "eventName": "TrailRecordsDropped",
            "awsRegion": self.region,
            "sourceIPAddress": SOURCE,
            "userAgent": SOURCE,
            "requestParameters": null,
            "responseElements": null,
            "requestID": id,
            "eventID": id,
            "readOnly": false,
            "eventType": "AwsServiceEvent",
            "managementEvent": true,
            "recipientAccountId": self.account,
            "serviceEventDetails": {
                "sink": self.spec.text, "firstRecord": first, "lastRecord": last,
            },
            "eventCategory": "Management",
        });
        self.foundation.trail.append(record.to_string().as_bytes())?;
        Ok(())
    }

    async fn store(&self) -> Result<(), Fault> {
        let records = &self.foundation.records;
        let sequence = self.gauge.shipped.load(Ordering::Relaxed);
        let mut changes = records.changes();
        changes.put(&place(&self.spec), &Place { sequence })?;
        records.commit(changes).await?;
        Ok(())
    }
}

const SOURCE: &str = "cloudtrail.amazonaws.com";

/// Where the place of a sink is stored. Another address is another sink.
fn place(spec: &Spec) -> String {
    let hash = digest(&SHA256, spec.address.as_bytes());
    ["system/trail-sinks/", &hex(&hash.as_ref()[..16])].concat()
}

/// The lines as they are in the trail.
fn lines(batch: &[Entry]) -> Vec<u8> {
    let mut lines = Vec::new();
    for entry in batch {
        lines.extend_from_slice(&entry.line);
        lines.push(b'\n');
    }
    lines
}
