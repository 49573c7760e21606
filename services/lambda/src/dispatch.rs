//! What is on its way to those who are told what came of an event.
//!
//! It is kept in the transaction that ends the event, and sent with the rights of the function's role,
//! again and again while that fails for reasons that pass.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::{Result, Timestamp};
use strongroom_records::{Changes, Record, Stored};
use strongroom_store::Direction;

use crate::event_invoke::Receiver;
use crate::id::Named;
use crate::runner::{Parcel, Unsent};
use crate::{Lambda, error, paths};

/// Something on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dispatch {
    pub(crate) parcel: Parcel,
    pub(crate) id: String,
    pub(crate) since: Timestamp,
    pub(crate) attempts: u32,
}

impl Record for Dispatch {
    const KIND: &'static str = "event outcome";
}

/// From the beginning of an attempt to the moment at which somebody else may take it over.
const GRACE_MILLIS: i64 = 60_000;
const LONGEST_DELAY_MILLIS: i64 = 300_000;
/// As long as events are kept.
const OLDEST_MILLIS: i64 = 6 * 3_600_000;
/// More than anybody takes who can be told.
const LARGEST: usize = 1_048_576;
const BATCH: usize = 100;

impl Dispatch {
    fn key(&self, due: Timestamp) -> String {
        let Parcel { account, region, .. } = &self.parcel;
        paths::outcome(due, account, region, &self.id)
    }

    fn after_failure(&self, now: Timestamp) -> Option<(Timestamp, Self)> {
        let delay = (1_000_i64 << self.attempts.min(16)).min(LONGEST_DELAY_MILLIS);
        let due = now.plus_millis(delay);
        let again = due.millis() - self.since.millis() <= OLDEST_MILLIS;
        again.then(|| (due, Self { attempts: self.attempts + 1, ..self.clone() }))
    }
}

impl Lambda {
    /// Keeps what is to be sent; the keys of what was kept.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) fn keep_dispatches(
        changes: &mut Changes<'_>,
        dispatches: &[Dispatch],
        now: Timestamp,
    ) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for dispatch in dispatches {
            if dispatch.parcel.body.len() > LARGEST {
                warn(&dispatch.parcel, "it is too large for every destination");
                continue;
            }
            let key = dispatch.key(now.plus_millis(GRACE_MILLIS));
            changes.create(&key, dispatch).map_err(error::storage)?;
            keys.push(key);
        }
        Ok(keys)
    }

    /// Sends what is ours.
    pub(crate) fn begin_dispatch(&self, key: String) {
        let Some(lambda) = self.me.upgrade() else { return };
        let runner = Arc::clone(&self.ports.runner);
        runner.beside(Box::pin(async move {
            if let Err(error) = lambda.dispatch(&key).await {
                let cause = error.cause().map(ToString::to_string).unwrap_or_default();
                tracing::error!("the outcome of an event is not sent yet: {error} {cause}");
            }
        }));
    }

    async fn dispatch(&self, key: &str) -> Result<()> {
        let stored = self.records.get::<Dispatch>(key).await.map_err(error::storage)?;
        let Some(stored) = stored else { return Ok(()) };
        let next = match self.ports.destinations.send(&stored.parcel).await {
            Ok(()) => None,
            Err(Unsent::Refused(why)) => {
                warn(&stored.parcel, &why);
                None
            }
            Err(Unsent::Later(why)) => {
                let next = stored.after_failure(self.ports.runner.now());
                if next.is_none() {
                    warn(&stored.parcel, &why);
                }
                next
            }
        };
        let mut changes = self.records.changes();
        changes.remove(&stored);
        if let Some((due, next)) = &next {
            changes.create(&next.key(*due), next).map_err(error::storage)?;
        }
        self.records.commit(changes).await.map(drop).map_err(error::internal)
    }

    /// Takes over what is due; how much that was, and whether there is more.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn take_over_dispatches(&self, now: Timestamp) -> Result<(u64, bool)> {
        let range = paths::due_outcomes(now);
        let due = self.records.scan::<Dispatch>(range, Direction::Forward, BATCH).await;
        let due = due.map_err(error::storage)?;
        let mut taken = 0;
        for stored in &due.records {
            taken += u64::from(self.take_over_dispatch(stored, now).await?);
        }
        Ok((taken, due.more))
    }

    async fn take_over_dispatch(&self, stored: &Stored<Dispatch>, now: Timestamp) -> Result<bool> {
        let key = stored.key(now.plus_millis(GRACE_MILLIS));
        let mut changes = self.records.changes();
        changes.remove(stored);
        changes.create(&key, &stored.value).map_err(error::storage)?;
        match self.records.commit(changes).await.map_err(error::storage) {
            Ok(_) => {
                self.begin_dispatch(key);
                Ok(true)
            }
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// That a function's role may send to `arn`, which is a topic or a function.
    ///
    /// # Errors
    /// AWS's errors for a role that may not, and for a destination that is not there.
    pub(crate) async fn check_receiver(&self, named: &Named, role: &str, arn: &str) -> Result<()> {
        let parcel = Parcel {
            account: named.account.clone(),
            region: named.region.clone(),
            name: named.name.clone(),
            role: role.to_owned(),
            target: arn.to_owned(),
            body: String::new(),
            attributes: Vec::new(),
        };
        match self.ports.destinations.may_send(&parcel).await? {
            Some(true) => return Ok(()),
            Some(false) => {}
            None => return Err(error::no_such_destination(arn)),
        }
        let (action, service) = match Receiver::of(arn) {
            Some(Receiver::Function(_)) => ("InvokeFunction", "Lambda"),
            _ => ("Publish", "SNS"),
        };
        Err(error::role_may_not(action, service))
    }
}

/// What is not sent is lost, as on AWS, and the operator hears of it.
fn warn(parcel: &Parcel, why: &str) {
    let Parcel { name, target, .. } = parcel;
    tracing::warn!(function = name, target, "the outcome of an event could not be sent: {why}");
}
