//! The port `FunctionLog` of Lambda over CloudWatch Logs: what functions write, on its way to their log groups.
//!
//! Functions must not wait for the store, so their lines queue up, within bounds, and are written in
//! batches. What does not fit is lost, and that is said.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use strongroom_api::Ids;
use strongroom_lambda::runner::FunctionLog;
use strongroom_logs::{Logs, Place};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::clock::Clock;

/// Lines of a stream, each with its time in milliseconds.
struct Written {
    stream: Stream,
    lines: Vec<(i64, String)>,
    /// The room that the lines take up in the queue.
    _room: OwnedSemaphorePermit,
}

/// Account, region, group and stream.
type Stream = (String, String, String, String);

/// Bytes that may wait, and how they are counted.
const WAITING_KIB: usize = 16 << 10;
const LINE_OVERHEAD: usize = 64;
/// Writes that may wait.
const WAITING_WRITES: usize = 4_096;
/// Before a batch is written, to let it fill.
const GATHER: Duration = Duration::from_millis(200);
/// How often a batch is tried, and what is waited in between.
const ATTEMPTS: u32 = 5;
const RETRY: Duration = Duration::from_secs(1);

/// Takes what functions write.
pub struct FunctionLogs {
    queue: mpsc::Sender<Written>,
    room: Arc<Semaphore>,
    lost: AtomicU64,
}

/// Writes what functions wrote.
pub struct FunctionLogWriter {
    queue: mpsc::Receiver<Written>,
    logs: Arc<Logs>,
    clock: Arc<dyn Clock>,
    ids: Ids,
}

/// The two ends of a queue into `logs`.
#[must_use]
pub fn queue(
    logs: Arc<Logs>,
    clock: Arc<dyn Clock>,
    ids: Ids,
) -> (FunctionLogs, FunctionLogWriter) {
    let (sender, receiver) = mpsc::channel(WAITING_WRITES);
    let room = Arc::new(Semaphore::new(WAITING_KIB));
    let taker = FunctionLogs { queue: sender, room, lost: AtomicU64::new(0) };
    (taker, FunctionLogWriter { queue: receiver, logs, clock, ids })
}

impl FunctionLog for FunctionLogs {
    fn write(
        &self,
        account: &str,
        region: &str,
        group: &str,
        stream: &str,
        lines: Vec<(i64, String)>,
    ) {
        let bytes: usize = lines.iter().map(|(_, line)| line.len() + LINE_OVERHEAD).sum();
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).try_acquire_many_owned(kib).ok();
        let sent = room.and_then(|room| {
            let stream =
                (account.to_owned(), region.to_owned(), group.to_owned(), stream.to_owned());
            self.queue.try_send(Written { stream, lines, _room: room }).ok()
        });
        if sent.is_none() {
            let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
            // The first, and then ever more rarely.
            if lost.is_power_of_two() {
                tracing::warn!(
                    account,
                    group,
                    lost,
                    "output of functions is lost: it comes faster than it is stored"
                );
            }
        }
    }
}

impl FunctionLogWriter {
    /// Writes until nobody is left who could have something to say.
    pub async fn run(mut self) {
        while let Some(first) = self.queue.recv().await {
            tokio::time::sleep(GATHER).await;
            let mut streams: BTreeMap<Stream, Vec<(i64, String)>> = BTreeMap::new();
            let mut rooms = Vec::new();
            let mut next = Some(first);
            while let Some(Written { stream, lines, _room: room }) = next {
                streams.entry(stream).or_default().extend(lines);
                rooms.push(room);
                next = self.queue.try_recv().ok();
            }
            for (stream, lines) in streams {
                self.write(&stream, &lines).await;
            }
        }
    }

    async fn write(&self, stream: &Stream, lines: &[(i64, String)]) {
        let (account, region, group, stream) = stream;
        let place = Place { account, region, group, stream, retention_days: None };
        for attempt in 1..=ATTEMPTS {
            let written =
                self.logs.append(place, lines.to_vec(), self.clock.now(), &self.ids).await;
            match written {
                Ok(()) => return,
                Err(error) if attempt == ATTEMPTS => {
                    tracing::error!(
                        account,
                        group,
                        stream,
                        "output of a function is lost: {error}"
                    );
                }
                Err(_) => tokio::time::sleep(RETRY).await,
            }
        }
    }
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

    #[tokio::test(start_paused = true)]
    async fn lines_reach_their_stream_and_a_flood_is_bounded() {
        let records = records(1);
        let metrics = FilterMetrics(Arc::new(Cloudwatch::new(Arc::clone(&records))));
        let logs =
            Arc::new(Logs::new(records, Arc::new(metrics), Arc::new(LogDestinations::default())));
        let (taker, writer) =
            queue(Arc::clone(&logs), Arc::new(SystemClock), Ids::new(&SystemEntropy));
        let write = |text: &str| {
            taker.write("1", "r", "/aws/lambda/f", "s", vec![(1, text.to_owned())]);
        };
        write("hello");
        // Nobody writes yet, so what does not fit is left out and nothing grows.
        (0..100).for_each(|_| write(&"x".repeat(1 << 20)));
        assert!(taker.lost.load(Ordering::Relaxed) >= 84);
        drop(taker);
        writer.run().await;
        let group = logs.group("1", "r", "/aws/lambda/f").await.unwrap().unwrap();
        let stream = logs.stream(&group, "s").await.unwrap().unwrap();
        assert!((2..=17).contains(&(stream.next_event - 1)));
        assert_eq!(stream.first_event, Some(1));
    }
}
