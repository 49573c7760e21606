//! The one thread that writes: many transactions, one fsync.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use strongroom_store::{Change, ChangeLog, CommitError, Revision, StoreError, Transaction, Write};
use tokio::sync::watch::{Receiver, channel};

use crate::digest::Ids;
use crate::error::{engine, system};
use crate::lock::Lock;
use crate::queue::{Job, Next, Queue};
use crate::readers::Readers;
use crate::recent::Recent;
use crate::record::{self, Found};
use crate::schema::{self, PAGE_BYTES};

/// How long nothing comes before the log is written back.
const IDLE: Duration = Duration::from_secs(1);

type Answer = Result<Revision, CommitError>;

/// How the thread ended, once it has.
pub type Finished = Receiver<Option<Result<(), StoreError>>>;

/// Everything the thread owns.
pub struct Writer {
    /// The only connection that writes.
    pub connection: Connection,
    /// Where its work comes from.
    pub queue: Arc<Queue>,
    /// Whose snapshots hold the log.
    pub readers: Arc<Readers>,
    /// Where changes are announced before, and
    pub recent: Arc<Recent>,
    /// published after they are durable.
    pub changes: ChangeLog,
    /// How row numbers are made.
    pub ids: Ids,
    /// The log size that calls for a checkpoint.
    pub wal_bytes: u64,
    /// Whether the log may hold something.
    pub log_in_use: bool,
    /// Released last.
    pub lock: Lock,
}

/// Starts the thread.
pub fn start(writer: Writer) -> Result<(JoinHandle<()>, Finished), StoreError> {
    let (finished, receiver) = channel(None);
    let run = move || {
        let _gone = Gone(Arc::clone(&writer.queue));
        let result = writer.run();
        finished.send_replace(Some(result));
    };
    let thread = Builder::new().name("store-writer".into()).spawn(run).map_err(system)?;
    Ok((thread, receiver))
}

/// However the thread ends, nobody waits for it in vain.
struct Gone(Arc<Queue>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

/// What a batch does to the rest of the process once it is durable.
struct Batch {
    revision: Revision,
    changes: Vec<Change>,
}

impl Writer {
    fn run(mut self) -> Result<(), StoreError> {
        loop {
            match self.queue.next(self.log_in_use.then_some(IDLE)) {
                Next::Batch(jobs) => {
                    self.commit(jobs);
                    self.checkpoint(self.wal_bytes);
                }
                // If it fails, the next batch tries again; until then it would fail the same way.
                Next::Idle => {
                    self.checkpoint(0);
                    self.log_in_use = false;
                }
                Next::Stop => return self.finish(),
            }
        }
    }

    fn commit(&mut self, jobs: Vec<Job>) {
        match self.apply(&jobs) {
            Ok(answers) => {
                jobs.into_iter().zip(answers).for_each(|(job, answer)| job.answer(answer))
            }
            Err(error) => {
                self.roll_back();
                jobs.into_iter().for_each(|job| job.answer(Err(error.clone().into())));
            }
        }
    }

    /// Evaluates all, commits once, tells the watches. An error is everybody's.
    fn apply(&mut self, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
        let mut batch = self.begin()?;
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            answers.push(self.evaluate(&job.transaction, &mut batch)?);
        }
        if batch.changes.is_empty() {
            self.roll_back();
            return Ok(answers);
        }
        schema::set_revision(&self.connection, batch.revision)?;
        for change in &batch.changes {
            self.recent.announce(self.ids.id(&change.key), change.revision);
        }
        self.log_in_use = true;
        self.execute("COMMIT")?;
        self.changes.append(batch.changes, batch.revision);
        Ok(answers)
    }

    fn begin(&self) -> Result<Batch, StoreError> {
        self.roll_back();
        self.execute("BEGIN IMMEDIATE")?;
        let revision = schema::revision(&self.connection)?;
        if revision != self.changes.revision() {
            // A commit that was reported as failed did happen. Nobody was told of its changes, so
            // whoever watches must look anew.
            self.changes.restart(revision);
        }
        Ok(Batch { revision, changes: Vec::new() })
    }

    /// One transaction against the state that the ones before it in the batch have left. Until its
    /// first write, what goes wrong is its own affair.
    fn evaluate(&self, transaction: &Transaction, batch: &mut Batch) -> Result<Answer, StoreError> {
        let rows = match self.check(transaction) {
            Ok(rows) => rows,
            // SQLite gives up the whole transaction after some errors.
            Err(CommitError::Store(error)) if self.connection.is_autocommit() => return Err(error),
            Err(error) => return Ok(Err(error)),
        };
        let revision = batch.revision + 1;
        for (write, row) in transaction.writes.iter().zip(rows) {
            let deleted = match (write, row) {
                (Write::Put { key, value }, row) => {
                    let row = row.map(|found| found.id);
                    record::put(&self.connection, self.ids, row, key, value, revision)?;
                    false
                }
                (Write::Delete { key }, Some(found)) => {
                    record::delete(&self.connection, found.id, key)?;
                    true
                }
                (Write::Delete { .. }, None) => continue,
            };
            batch.changes.push(Change { key: write.key().to_owned(), revision, deleted });
            batch.revision = revision;
        }
        Ok(Ok(batch.revision))
    }

    /// Checks the compares and finds the rows that the writes will change.
    fn check(&self, transaction: &Transaction) -> Result<Vec<Option<Found>>, CommitError> {
        for compare in &transaction.compare {
            let found = record::find(&self.connection, self.ids, &compare.key)?;
            if found.map_or(0, |found| found.entry.revision) != compare.revision {
                return Err(CommitError::Conflict);
            }
        }
        let find = |write: &Write| record::find(&self.connection, self.ids, write.key());
        let rows: Result<Vec<_>, _> = transaction.writes.iter().map(find).collect();
        Ok(rows?)
    }

    /// Writes the log back if it is longer than `bytes`.
    ///
    /// Readers hold the log by their snapshots: old ones keep it from being written back, any keep it
    /// from starting over. So they are ended before and after; a new one that begins in between sees
    /// all of the log and keeps nothing.
    fn checkpoint(&self, bytes: u64) {
        let Ok(frames) = self.frames_in_log("NOOP") else {
            return;
        };
        if frames * u64::from(PAGE_BYTES) <= bytes {
            return;
        }
        self.readers.release();
        // What cannot be written back now stays in the log, safe, until the next attempt.
        drop(self.frames_in_log("PASSIVE"));
        self.readers.release();
    }

    fn frames_in_log(&self, mode: &str) -> rusqlite::Result<u64> {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement
            .query_row([], |row| row.get::<_, i64>(1))
            .map(|frames| frames.max(0).cast_unsigned())
    }

    fn finish(self) -> Result<(), StoreError> {
        self.readers.close();
        self.changes.close();
        let written = self.frames_in_log("TRUNCATE").map_err(engine);
        let closed = self.connection.close().map_err(|(_, error)| engine(error));
        drop(self.lock);
        written.and(closed)
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            // Should it fail, the next BEGIN does as well, and says why.
            drop(self.execute("ROLLBACK"));
        }
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql).and_then(|mut s| s.execute([])).map_err(engine)?;
        Ok(())
    }
}
