//! Performs the actions of alarms that changed their state.

use std::sync::Arc;

use serde_json::json;
use strongroom_api::{BoxFuture, Caller, Circumstances, Job, Report, Result};
use strongroom_records::Stored;
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::alarm::{self, Alarm};
use crate::notice::{Notice, Suppressor};
use crate::paths::{self, DUE_NOTICES, Home};
use crate::shapes::StateValue;
use crate::{Cloudwatch, Notification, Notifications, Undelivered, error, history, labels};

/// The job.
pub struct PerformActions {
    /// Whose alarms.
    pub service: Arc<Cloudwatch>,
    /// Who performs them.
    pub notifications: Arc<dyn Notifications>,
}

/// Actions performed in one run.
const BATCH: usize = 50;
const MOST_ATTEMPTS: u32 = 8;
/// How long to wait for a suppressor before looking again.
const LOOK_AGAIN_MILLIS: i64 = 5_000;

/// What is to be done about a notice.
enum Decision {
    Perform,
    Wait,
    Forget,
}

impl PerformActions {
    async fn handle(&self, circumstances: &Circumstances<'_>, read: &Stored<Notice>) -> Result<()> {
        let notice = &read.value;
        match self.decide(circumstances, notice).await? {
            Decision::Forget => self.settle(circumstances, read, None).await,
            Decision::Wait => self.postpone(circumstances, read, LOOK_AGAIN_MILLIS, false).await,
            Decision::Perform => {
                let notification = Notification {
                    account: &notice.account,
                    region: &notice.region,
                    alarm_arn: &notice.alarm_arn,
                    action_arn: &notice.action,
                    subject: &notice.subject,
                    message: &notice.message,
                    event: &notice.event,
                };
                match self.notifications.publish(circumstances, notification).await {
                    Ok(()) => self.settle(circumstances, read, Some(Ok(()))).await,
                    Err(Undelivered::Later(_)) if notice.attempts + 1 < MOST_ATTEMPTS => {
                        let wait = 1_000 << notice.attempts.min(10);
                        self.postpone(circumstances, read, wait, true).await
                    }
                    Err(Undelivered::Later(why) | Undelivered::Refused(why)) => {
                        self.settle(circumstances, read, Some(Err(why))).await
                    }
                }
            }
        }
    }

    /// A suppressor in alarm, or that just was, makes actions wait; and they are performed then only if
    /// the alarm is still in the state that they tell of.
    async fn decide(&self, call: &Circumstances<'_>, notice: &Notice) -> Result<Decision> {
        let Some(Suppressor { alarm: suppressor, extension_seconds, .. }) = &notice.suppressor
        else {
            return Ok(Decision::Perform);
        };
        let home = Home { account: &notice.account, region: &notice.region };
        let own = self.service.alarm(home, &notice.alarm).await?;
        if own.is_none_or(|own| own.state.transitioned != notice.changed) {
            return Ok(Decision::Forget);
        }
        let name = alarm::name_in(suppressor, home.account, home.region);
        let Some(other) = self.service.alarm(home, name).await? else {
            return Ok(Decision::Perform);
        };
        let extension = i64::from(*extension_seconds) * 1_000;
        let until = other.state.transitioned.plus_millis(extension);
        // A suppressor that was never in alarm has nothing to extend.
        let was_alarm = other.state.value == StateValue::Ok && until > call.now;
        match other.state.value == StateValue::Alarm || was_alarm {
            true => Ok(Decision::Wait),
            false => Ok(Decision::Perform),
        }
    }

    /// Takes the notice away, and writes into the alarm's history what became of it.
    async fn settle(
        &self,
        circumstances: &Circumstances<'_>,
        read: &Stored<Notice>,
        outcome: Option<Result<(), String>>,
    ) -> Result<()> {
        let notice = &read.value;
        let home = Home { account: &notice.account, region: &notice.region };
        let mut changes = self.service.records.changes();
        changes.remove(read);
        let alarm = self.service.alarm(home, &notice.alarm).await?;
        if let (Some(outcome), Some(alarm)) = (outcome, alarm) {
            let (summary, data) = told(notice, &outcome);
            let alarm: &Alarm = &alarm;
            history::add(&mut changes, circumstances, alarm, history::ACTION, &summary, &data)
                .map_err(error::of_record)?;
        }
        self.service.records.commit(changes).await.map_err(error::of_record)?;
        Ok(())
    }

    async fn postpone(
        &self,
        circumstances: &Circumstances<'_>,
        read: &Stored<Notice>,
        millis: i64,
        tried: bool,
    ) -> Result<()> {
        let attempts = read.attempts + u32::from(tried);
        let notice = Notice { attempts, ..read.value.clone() };
        let home = Home { account: &notice.account, region: &notice.region };
        let due = circumstances.now.plus_millis(millis);
        let key = home.notice(due, &circumstances.ids.next().to_string());
        let mut changes = self.service.records.changes();
        changes.remove(read);
        changes.create(&key, &notice).map_err(error::of_record)?;
        self.service.records.commit(changes).await.map_err(error::of_record)?;
        Ok(())
    }
}

fn told(notice: &Notice, outcome: &Result<(), String>) -> (String, String) {
    let mut data = json!({
        "actionState": if outcome.is_ok() { "Succeeded" } else { "Failed" },
        "notificationResource": notice.action,
        "stateUpdateTimestamp": labels::long(notice.changed),
    });
    let summary = match outcome {
        Ok(()) => {
            data["publishedMessage"] = notice.message.as_str().into();
            format!("Successfully executed action {}", notice.action)
        }
        Err(why) => {
            data["error"] = why.as_str().into();
            format!("Failed to execute action {}. Received error: \"{why}\"", notice.action)
        }
    };
    (summary, data.to_string())
}

impl Job for PerformActions {
    fn name(&self) -> &'static str {
        "perform_alarm_actions"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        500
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = paths::due_at(DUE_NOTICES, circumstances.now);
            let due = self.service.records.scan::<Notice>(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::of_record)?;
            let mut report = Report { done: 0, more: due.more };
            for notice in &due.records {
                let caller = Caller::service(&notice.account, PRINCIPAL);
                let own =
                    Circumstances { caller: &caller, region: &notice.region, ..*circumstances };
                match self.handle(&own, notice).await {
                    Ok(()) => report.done += 1,
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}
