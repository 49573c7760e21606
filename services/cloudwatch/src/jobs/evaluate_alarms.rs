//! Evaluates alarms: those over figures when a minute (or ten seconds, for short periods) is over, and
//! then those over other alarms until nothing changes any more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use strongroom_api::{BoxFuture, Caller, Circumstances, Job, Report, Result};
use strongroom_store::{Direction, Range};

use super::PRINCIPAL;
use crate::alarm::{Alarm, Watched};
use crate::judge::evaluation_grain;
use crate::paths::{self, DUE_ALARMS, Home};
use crate::{Cloudwatch, error};

/// The job.
pub struct EvaluateAlarms {
    service: Arc<Cloudwatch>,
    /// When each alarm is evaluated next, by its key. Lost in a restart, which only means that all are
    /// evaluated at once.
    schedule: Mutex<HashMap<String, i64>>,
}

/// Samples of a period may come in a little after its end.
const GRACE_MILLIS: i64 = 3_000;
const PAGE: usize = 500;
/// Composite alarms over composite alarms settle within as many rounds as they are deep.
const MOST_ROUNDS: usize = 10;

impl EvaluateAlarms {
    /// The job of `service`.
    #[must_use]
    pub fn new(service: Arc<Cloudwatch>) -> Self {
        Self { service, schedule: Mutex::default() }
    }

    /// Every alarm there is, by its key.
    async fn alarms(&self) -> Result<Vec<String>> {
        let mut alarms = Vec::new();
        let mut range = Range::prefix(DUE_ALARMS);
        loop {
            let page =
                self.service.records.scan_index(range.clone(), Direction::Forward, PAGE).await;
            let page = page.map_err(error::of_record)?;
            let last = page.entries.last().map(|(key, _)| key.clone());
            alarms.extend(page.entries.into_iter().map(|(_, alarm)| alarm));
            match last {
                Some(last) if page.more => range = range.after(&last),
                _ => return Ok(alarms),
            }
        }
    }

    /// Evaluates the alarm under `key`, if it is there and it is time. Returns whether its state changed,
    /// or `None` for a composite alarm.
    async fn look_at(&self, circumstances: &Circumstances<'_>, key: &str) -> Result<Option<bool>> {
        let now = circumstances.now;
        let Some(alarm) = self.service.records.get::<Alarm>(key).await.map_err(error::of_record)?
        else {
            return Ok(Some(false));
        };
        let Watched::Figures(watched) = &alarm.watches else { return Ok(None) };
        let grain = evaluation_grain(watched.period()) * 1_000;
        if !self.is_due(key, now.millis(), grain) {
            return Ok(Some(false));
        }
        let Some(became) = self.service.judge(&alarm, watched, now).await? else {
            return Ok(Some(false));
        };
        let home = paths::home(key).unwrap_or(Home { account: "", region: "" });
        let caller = Caller::service(home.account, PRINCIPAL);
        let own = Circumstances { caller: &caller, region: home.region, ..*circumstances };
        match self.service.become_state(&own, &alarm, became).await {
            Ok(()) => Ok(Some(true)),
            Err(error) if error.is_conflict() => {
                // Somebody configured it this very moment; it is evaluated again at once.
                self.schedule().remove(key);
                Ok(Some(false))
            }
            Err(error) => Err(error),
        }
    }

    async fn look_at_composite(
        &self,
        circumstances: &Circumstances<'_>,
        key: &str,
    ) -> Result<bool> {
        let found = self.service.records.get::<Alarm>(key).await.map_err(error::of_record)?;
        let Some(alarm) = found else { return Ok(false) };
        let Watched::Alarms(watched) = &alarm.watches else { return Ok(false) };
        let Some(became) = self.service.judge_composite(&alarm, watched).await? else {
            return Ok(false);
        };
        match self.service.become_state(circumstances, &alarm, became).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the alarm under `key` is due, and then notes when it is due again.
    fn is_due(&self, key: &str, now: i64, grain: i64) -> bool {
        let mut schedule = self.schedule();
        let next = now - (now - GRACE_MILLIS).rem_euclid(grain) + grain;
        match schedule.get_mut(key) {
            // A clock that was set back must not keep an alarm waiting.
            Some(due) if *due > now && *due <= now + grain => false,
            Some(due) => {
                *due = next;
                true
            }
            None => {
                schedule.insert(key.to_owned(), next);
                true
            }
        }
    }

    fn schedule(&self) -> std::sync::MutexGuard<'_, HashMap<String, i64>> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job for EvaluateAlarms {
    fn name(&self) -> &'static str {
        "evaluate_alarms"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        1_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let alarms = self.alarms().await?;
            self.schedule().retain(|key, _| alarms.binary_search(key).is_ok());
            let mut report = Report::default();
            let mut composites = Vec::new();
            let mut failed = None;
            for key in &alarms {
                match self.look_at(circumstances, key).await {
                    Ok(Some(changed)) => report.done += u64::from(changed),
                    Ok(None) => composites.push(key),
                    // One alarm that cannot be evaluated must not keep the others waiting.
                    Err(error) => failed = Some(error),
                }
            }
            for _ in 0..MOST_ROUNDS {
                let mut changed = 0;
                for key in &composites {
                    match self.look_at_composite(circumstances, key).await {
                        Ok(became) => changed += u64::from(became),
                        Err(error) => failed = Some(error),
                    }
                }
                report.done += changed;
                if changed == 0 {
                    break;
                }
            }
            failed.map_or(Ok(report), Err)
        })
    }
}
