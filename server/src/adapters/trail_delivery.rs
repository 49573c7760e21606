//! The trail, delivered to the log group where users look for it.
//!
//! Every record becomes one event of the group `/aws/cloudtrail/logs` in the account and region it
//! belongs to. Delivery reads the trail behind everybody's back, in batches, and works a tenth of one
//! core's time at most, so that requests do not feel it; whatever it falls behind by it makes up for
//! later. It writes to the logs themselves and not through their operations: those would be put on
//! record, and their records delivered.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use strongroom_api::{Error, Ids, Timestamp};
use strongroom_logs::{Logs, Numbered, Place};
use strongroom_store::{Direction, Range};
use strongroom_trail::{Entry, Reader, Trail, TrailError};

use crate::clock::{Clock, Stopwatch};
use crate::foundation::Foundation;

/// The group.
pub const GROUP: &str = strongroom_logs::TRAIL_GROUP;
/// For how long a group that is made here keeps its events: as long as LookupEvents finds them.
const RETENTION_DAYS: i32 = 90;
/// How far delivery has come.
const POSITION: &str = "system/logs/trail-delivery";

/// Records and bytes of one batch.
const BATCH_RECORDS: usize = 2_000;
const BATCH_BYTES: usize = 768 << 10;
/// Before a batch is read, to let it fill.
const GATHER: Duration = Duration::from_millis(400);
/// After a failure, before it is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// Of the time, one part is for delivery and nine are for others.
const RESTS: u32 = 9;
const LONGEST_REST: Duration = Duration::from_secs(1);
/// Batches after which the position is written; until then each stream knows what it has.
const BATCHES_PER_NOTE: u32 = 16;

/// Delivers the trail.
pub struct TrailDelivery {
    trail: Arc<Trail>,
    logs: Arc<Logs>,
    clock: Arc<dyn Clock>,
    ids: Ids,
    records: Arc<strongroom_records::Records>,
    account: String,
    region: String,
}

/// How far delivery has come. Streams know records by `base + sequence`, which rises for good, also
/// when the trail begins anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Position {
    base: u64,
    sequence: u64,
}

/// Why a batch was not delivered.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    #[error("the trail cannot be read: {0}")]
    Trail(#[from] TrailError),
    #[error("{0}")]
    Logs(#[from] Error),
    #[error("{0}")]
    Records(#[from] strongroom_records::RecordError),
    #[error("the server stops")]
    Stopping,
}

/// What of a record says where it belongs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'r> {
    #[serde(borrow, default)]
    recipient_account_id: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    aws_region: Option<Cow<'r, str>>,
    #[serde(borrow, default)]
    event_time: Option<Cow<'r, str>>,
}

impl TrailDelivery {
    /// Delivery of `foundation`'s trail to `logs`.
    #[must_use]
    pub fn new(foundation: &Foundation, logs: Arc<Logs>) -> Self {
        Self {
            trail: Arc::clone(&foundation.trail),
            logs,
            clock: Arc::clone(&foundation.clock),
            ids: Ids::new(&*foundation.entropy),
            records: Arc::clone(&foundation.records),
            account: foundation.config.account.clone(),
            region: foundation.config.region.clone(),
        }
    }

    /// Delivers until the trail is closed. Dropping it at any moment is safe.
    pub async fn run(self) {
        let mut is_told = false;
        loop {
            match self.deliver().await {
                Ok(()) | Err(Undelivered::Stopping) => return,
                Err(error) if !is_told => {
                    tracing::error!(
                        "the trail does not reach the log group {GROUP}, it is tried again: {error}"
                    );
                    is_told = true;
                }
                Err(_) => {}
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Delivers from where it stopped, until the trail is closed or something fails.
    async fn deliver(&self) -> Result<(), Undelivered> {
        let home = place(&self.account, &self.region, "");
        self.logs.ensure_group(home, self.clock.now(), &self.ids).await?;
        let mut position = self.begin().await?;
        let mut reader = self.trail.read_from(position.sequence + 1);
        let mut follower = self.trail.follow(position.sequence);
        let mut unnoted = 0;
        while follower.advanced().await.is_some() {
            tokio::time::sleep(GATHER).await;
            loop {
                let stopwatch = Stopwatch::start();
                let (entries, read_on) = read_batch(reader).await?;
                reader = read_on;
                let Some(last) = entries.last().map(|entry| entry.sequence) else { break };
                self.put(position.base, &entries).await?;
                position.sequence = last;
                unnoted += 1;
                if unnoted >= BATCHES_PER_NOTE {
                    self.note(position).await?;
                    unnoted = 0;
                }
                tokio::time::sleep((stopwatch.elapsed() * RESTS).min(LONGEST_REST)).await;
            }
            if unnoted > 0 && self.trail.position().sequence == position.sequence {
                self.note(position).await?;
                unnoted = 0;
            }
        }
        Ok(())
    }

    /// Where to go on.
    async fn begin(&self) -> Result<Position, Undelivered> {
        let range = Range::new(POSITION, format!("{POSITION}\0"));
        let noted = self.records.scan_index(range, Direction::Forward, 1).await?;
        let noted = noted.entries.first().and_then(|(_, text)| Position::read(text));
        let mut position = noted.unwrap_or_default();
        if position.sequence > self.trail.position().sequence {
            // The trail is another one than it was: all of it is new.
            position = Position { base: position.base + position.sequence, sequence: 0 };
        }
        Ok(position)
    }

    async fn note(&self, position: Position) -> Result<(), Undelivered> {
        let mut changes = self.records.changes();
        changes.index(POSITION, &position.text());
        self.records.commit(changes).await?;
        Ok(())
    }

    async fn put(&self, base: u64, entries: &[Entry]) -> Result<(), Undelivered> {
        let now = self.clock.now();
        let mut streams: BTreeMap<(String, String), Vec<Numbered>> = BTreeMap::new();
        for entry in entries {
            let Some((account, region, event)) = event(entry, base, now) else { continue };
            streams.entry((account, region)).or_default().push(event);
        }
        for ((account, region), events) in streams {
            let stream = format!("{account}_CloudTrail_{region}");
            let place = place(&account, &region, &stream);
            self.logs.append_numbered(place, events, now, &self.ids).await?;
        }
        Ok(())
    }
}

impl Position {
    fn text(self) -> String {
        format!("{} {}", self.base, self.sequence)
    }

    fn read(text: &str) -> Option<Self> {
        let (base, sequence) = text.split_once(' ')?;
        Some(Self { base: base.parse().ok()?, sequence: sequence.parse().ok()? })
    }
}

fn place<'p>(account: &'p str, region: &'p str, stream: &'p str) -> Place<'p> {
    Place { account, region, group: GROUP, stream, retention_days: Some(RETENTION_DAYS) }
}

/// Reads what is there, up to a batch. Files are read, which must not keep requests waiting.
async fn read_batch(mut reader: Reader) -> Result<(Vec<Entry>, Reader), Undelivered> {
    let read = tokio::task::spawn_blocking(move || {
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while entries.len() < BATCH_RECORDS && bytes < BATCH_BYTES {
            match reader.next() {
                Some(Ok(entry)) => {
                    bytes += entry.line.len();
                    entries.push(entry);
                }
                Some(Err(error)) => return Err(error),
                None => break,
            }
        }
        Ok((entries, reader))
    });
    Ok(read.await.map_err(|_| Undelivered::Stopping)??)
}

/// Account, region and event of a record; `None` for a line that is of no account.
fn event(entry: &Entry, base: u64, now: Timestamp) -> Option<(String, String, Numbered)> {
    let line = std::str::from_utf8(&entry.line).ok()?;
    let head: Head<'_> = serde_json::from_str(line).ok()?;
    let (account, region) = (head.recipient_account_id?, head.aws_region?);
    let time = head.event_time.and_then(|time| time.parse::<jiff::Timestamp>().ok());
    // The trail's own members at the end are not part of the record.
    let (record, _) = line.rsplit_once(",\"sequence\":")?;
    let event = Numbered {
        number: base + entry.sequence,
        time: time.map_or(now.millis(), jiff::Timestamp::as_millisecond),
        message: format!("{record}}}"),
    };
    Some((account.into_owned(), region.into_owned(), event))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use strongroom_cloudwatch::Cloudwatch;
    use strongroom_seal::SystemEntropy;
    use strongroom_testkit::records;

    use super::*;
    use crate::adapters::log_destinations::LogDestinations;
    use crate::adapters::log_metrics::FilterMetrics;
    use crate::clock::SystemClock;

    #[test]
    fn a_record_is_delivered_as_it_was_written_to_the_account_that_it_names_itself() {
        let record = r#"{"eventTime":"2026-01-31T10:20:30Z","awsRegion":"eu-west-1","requestParameters":{"tags":{"recipientAccountId":"999999999999",",\"sequence\":":"x"}},"recipientAccountId":"123456789012"}"#;
        let chained = format!(
            "{},\"sequence\":7,\"chain\":\"{}\"}}",
            record.strip_suffix('}').unwrap(),
            "0".repeat(64)
        );
        let entry = Entry { sequence: 7, line: chained.into_bytes() };
        let (account, region, event) = event(&entry, 100, Timestamp::from_millis(5)).unwrap();
        assert_eq!((account.as_str(), region.as_str()), ("123456789012", "eu-west-1"));
        assert_eq!((event.number, event.time), (107, 1_769_854_830_000));
        assert_eq!(event.message, record);
    }

    #[test]
    fn a_line_of_nobody_is_left_out() {
        for line in ["", "{}", "not json", r#"{"awsRegion":"x"}"#] {
            let entry = Entry { sequence: 1, line: line.as_bytes().to_vec() };
            assert!(event(&entry, 0, Timestamp::from_millis(5)).is_none(), "{line}");
        }
    }

    struct Scene {
        logs: Arc<Logs>,
        records: Arc<strongroom_records::Records>,
    }

    impl Scene {
        fn delivery(&self, trail: &Arc<Trail>) -> TrailDelivery {
            TrailDelivery {
                trail: Arc::clone(trail),
                logs: Arc::clone(&self.logs),
                clock: Arc::new(SystemClock),
                ids: Ids::new(&SystemEntropy),
                records: Arc::clone(&self.records),
                account: "123456789012".to_owned(),
                region: "us-east-1".to_owned(),
            }
        }

        async fn delivered(&self) -> u64 {
            let group = self.logs.group("123456789012", "us-east-1", GROUP).await.unwrap();
            let Some(group) = group else { return 0 };
            let stream =
                self.logs.stream(&group, "123456789012_CloudTrail_us-east-1").await.unwrap();
            stream.map_or(0, |stream| stream.next_event - 1)
        }

        /// Delivers until there are `wanted` events and everything of the trail was looked at.
        async fn deliver(&self, trail: &Arc<Trail>, wanted: u64) {
            let noted = || async {
                let note = self.records.scan_index(Range::prefix(POSITION), Direction::Forward, 1);
                let note = note.await.unwrap().entries;
                note.first().and_then(|(_, text)| Position::read(text))
            };
            let done = async {
                let all = trail.position().sequence;
                while noted().await.is_none_or(|noted| noted.sequence != all)
                    || self.delivered().await != wanted
                {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! {
                () = self.delivery(trail).run() => panic!("the trail is open"),
                () = done => {}
            }
        }
    }

    fn write(trail: &Trail, count: usize) {
        let record = r#"{"eventTime":"2026-01-31T10:20:30Z","awsRegion":"us-east-1","recipientAccountId":"123456789012"}"#;
        (0..count).for_each(|_| _ = trail.append(record.as_bytes()).unwrap());
    }

    #[tokio::test]
    async fn a_record_is_delivered_once_whatever_happens_to_the_server_and_its_trail() {
        let records = records(1);
        let metrics = FilterMetrics(Arc::new(Cloudwatch::new(Arc::clone(&records))));
        let logs = Arc::new(Logs::new(
            Arc::clone(&records),
            Arc::new(metrics),
            Arc::new(LogDestinations::default()),
        ));
        let scene = Scene { logs, records };
        let trail = Arc::new(Trail::in_memory(100));
        write(&trail, 3);
        scene.deliver(&trail, 3).await;
        // Killed before it noted how far it was.
        let mut changes = scene.records.changes();
        changes.delete(POSITION);
        scene.records.commit(changes).await.unwrap();
        write(&trail, 2);
        scene.deliver(&trail, 5).await;
        // A trail that begins anew has numbers that were seen before.
        let trail = Arc::new(Trail::in_memory(100));
        write(&trail, 1);
        scene.deliver(&trail, 6).await;
        write(&trail, 7);
        scene.deliver(&trail, 13).await;
    }

    #[test]
    fn a_position_survives_its_text() {
        let position = Position { base: 3, sequence: 9 };
        assert_eq!(Position::read(&position.text()), Some(position));
        assert_eq!(Position::read("x"), None);
    }
}
