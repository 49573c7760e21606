//! Running a long job: its pieces beside each other, under a lease of its own.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use strongroom_api::{BoxFuture, Caller, Ids, LongJob, Result};

use super::tenure::Tenure;
use super::{Jobs, PULSE};

/// How long a piece is left alone after an error of ours.
const REST_MILLIS: i64 = 30_000;
/// Pieces that rest, at most; with more of them something is wrong that is not theirs, and all wait.
const MOST_RESTING: usize = 500;

/// Pieces on their way.
type Running<'a> = FuturesUnordered<BoxFuture<'a, (String, Result<()>)>>;

impl Jobs {
    /// Runs the pieces of `job` as they become due. Dropping it cuts them off, which is safe.
    pub(super) async fn run_long(&self, job: &dyn LongJob, holder: &str, ids: &Ids) {
        let mut tenure = Tenure::new(format!("jobs/{}", job.name()), holder);
        let mut running = Running::new();
        // Those that are running, and those that rest until the time beside them.
        let mut taken: HashSet<String> = HashSet::new();
        let mut resting: HashMap<String, i64> = HashMap::new();
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = pulse.tick() => {}
                Some((piece, outcome)) = running.next(), if !running.is_empty() => {
                    match outcome {
                        Ok(()) => {
                            taken.remove(&piece);
                        }
                        Err(error) => {
                            let cause = error.cause().map(ToString::to_string).unwrap_or_default();
                            tracing::error!(
                                job = job.name(), piece,
                                "due work failed and is tried again: {error} {cause}"
                            );
                            resting.insert(piece, self.clock.now().millis() + REST_MILLIS);
                        }
                    }
                }
            }
            let now = self.clock.now();
            if !tenure.holds(&*self.store, now).await {
                // Whoever holds the lease now does it; what was cut off here changes nothing any more.
                running.clear();
                taken.clear();
                resting.clear();
                continue;
            }
            resting.retain(|piece, until| {
                // A clock that was set back must not make anyone rest for longer.
                let rests = (now.millis()..now.millis() + REST_MILLIS).contains(&(*until - 1));
                if !rests {
                    taken.remove(piece);
                }
                rests
            });
            let free = job.most_at_once().saturating_sub(running.len());
            if free == 0 || resting.len() >= MOST_RESTING {
                continue;
            }
            match job.due(now, free, &taken).await {
                Ok(due) => {
                    for piece in due {
                        taken.insert(piece.clone());
                        running.push(self.piece(job, piece, ids));
                    }
                }
                Err(error) => {
                    let cause = error.cause().map(ToString::to_string).unwrap_or_default();
                    tracing::error!(job = job.name(), "due work cannot be found: {error} {cause}");
                }
            }
        }
    }

    fn piece<'a>(
        &'a self,
        job: &'a dyn LongJob,
        piece: String,
        ids: &'a Ids,
    ) -> BoxFuture<'a, (String, Result<()>)> {
        Box::pin(async move {
            let caller = Caller::service(&self.account, job.principal());
            let request_id = ids.next().to_string();
            let now = self.clock.now();
            let circumstances = self.circumstances(job.principal(), &caller, &request_id, now, ids);
            let clock = std::sync::Arc::clone(&self.clock);
            let outcome = job.work(&piece, &circumstances, &move || clock.now()).await;
            (piece, outcome)
        })
    }
}

#[cfg(test)]
mod tests;
