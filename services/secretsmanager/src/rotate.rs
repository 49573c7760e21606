//! The engine: carries a secret through the steps of its rotation.
//!
//! What has been done is stored after every step, before the next begins, so that whoever finds the
//! rotation due after a crash goes on with the step that was cut off. Nothing is locked while a function
//! runs: callers, cancellations and the function itself change the secret meanwhile, and
//! [`Rotator::settle`] looks at what it has become.
//!
//! ```text
//! take_up ─▶ invoke ─▶ settle ─▶ (next step) invoke ─▶ settle ─▶ … ─▶ done, postponed or abandoned
//! ```

mod verdict;

use std::sync::Arc;

use serde_json::json;
use strongroom_api::{Caller, Circumstances, Error, Result, TellTime, Timestamp, random_uuid};
use strongroom_records::Stored;

use crate::announcement::Announcement;
use crate::functions::{Access, FunctionArn, Origin};
use crate::jobs::PRINCIPAL;
use crate::rotation::{Attempt, Rotation, Run, Step};
use crate::secret::{Found, Secret};
use crate::staging::{self, CURRENT, PENDING};
use crate::write::Aftermath;
use crate::{Call, SecretsManager, error, events, replicate};

pub use verdict::Ending;

/// One secret's rotation, taken up.
pub struct Rotator<'a> {
    /// The service.
    pub service: &'a SecretsManager,
    /// As whom, and where the records go.
    pub circumstances: &'a Circumstances<'a>,
    /// Tells the time, which goes on while functions run.
    pub clock: &'a TellTime,
    /// The key of the secret.
    pub key: &'a str,
}

/// A step to be taken.
struct Work {
    arn: String,
    account: String,
    function: String,
    token: String,
    rotation_token: String,
    step: Step,
    claim: u64,
}

/// What follows from looking at a secret.
enum Next {
    /// A step.
    Work(Work),
    /// Nothing now.
    Rest,
}

/// What is put on record once a change is saved: the event, the token, why it failed.
type Event = (&'static str, String, Option<String>);

/// How often a change starts anew because another writer was faster.
const MOST_CONFLICTS: usize = 64;
/// How long to leave a function alone that has too much to do.
const BUSY_MILLIS: i64 = 5_000;

impl Rotator<'_> {
    /// Does what is due, step after step, as far as it goes.
    ///
    /// # Errors
    /// Internal only: the store, or the trail. The rotation stays due then.
    pub async fn run(&self) -> Result<()> {
        let mut next = self.take_up().await?;
        while let Next::Work(work) = next {
            let ending = self.invoke(&work).await;
            next = self.settle(&work, ending).await?;
        }
        Ok(())
    }

    async fn take_up(&self) -> Result<Next> {
        for _ in 0..MOST_CONFLICTS {
            let Some(found) = self.find().await? else { return Ok(Next::Rest) };
            match self.take_up_once(&found).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(Error::throttling())
    }

    async fn take_up_once(&self, found: &Found) -> Result<Next> {
        let now = (self.clock)();
        let overdue = found.overdue_announcements(now);
        if !overdue.is_empty() {
            self.service.publish(self.circumstances, found, &overdue).await?;
            // The secret has changed by that.
            return Err(Error::conflict());
        }
        if found.rotation_goes_on().is_none_or(|at| at > now) {
            return Ok(Next::Rest);
        }
        let mut changed = found.0.value.clone();
        let Some(rotation) = &mut changed.rotation else { return Ok(Next::Rest) };
        if rotation.wait_for_window(now) {
            return self.save(found, changed, Vec::new()).await;
        }
        let mut aftermath = Aftermath::default();
        if rotation.run.is_none() {
            match self.begin_scheduled(&mut changed, now) {
                Ok(cleaned) => aftermath = Aftermath::cleaned(cleaned),
                Err(error) => return self.skip(found, &error, now).await,
            }
        }
        let Some((token, is_test)) = running(&changed) else { return Ok(Next::Rest) };
        if !changed.is_under_way(&token) {
            return self.abandon(found, changed, now).await;
        }
        let is_current = changed.version(&token).is_some_and(|version| version.has(CURRENT));
        if is_current && !is_test {
            // The last step was done and only that was not stored, or somebody did it by hand.
            return self.succeed(found, changed, now).await;
        }
        let Some(run) = changed.rotation.as_mut().and_then(|rotation| rotation.run.as_mut()) else {
            return Ok(Next::Rest);
        };
        run.claim += 1;
        run.is_working = true;
        let is_new = !std::mem::replace(&mut run.is_announced, true);
        let name = if is_test { events::TEST_STARTED } else { events::ROTATION_STARTED };
        let events = if is_new { vec![(name, token, None)] } else { Vec::new() };
        let work = work(&changed);
        self.save(found, changed, events).await?;
        aftermath.record(self.service, self.circumstances, found).await?;
        Ok(work)
    }

    /// A window has opened: a new version is prepared, unless an earlier one waits to be finished.
    fn begin_scheduled(&self, secret: &mut Secret, now: Timestamp) -> Result<usize> {
        let entropy = self.circumstances.entropy;
        let left_over = secret.unfinished().map(|version| version.id.clone());
        let token = left_over.unwrap_or_else(|| random_uuid(entropy).to_string());
        let cleaned = secret.prepare_version(&token, now)?;
        if let Some(rotation) = &mut secret.rotation {
            let until = rotation.closes.filter(|closes| *closes > now);
            let run = Run::new(&token, &random_uuid(entropy).to_string(), now);
            rotation.run = Some(Run { until, ..run });
        }
        Ok(cleaned)
    }

    /// No version can be prepared, since there are too many; the window after this may be better.
    async fn skip(&self, found: &Found, error: &Error, now: Timestamp) -> Result<Next> {
        let mut secret = found.0.value.clone();
        let Some(rotation) = &mut secret.rotation else { return Ok(Next::Rest) };
        let run = Run::new(&random_uuid(self.circumstances.entropy).to_string(), "", now);
        rotation.give_up(now);
        rotation.note(attempt(&run, now, Step::Create, Some(error.message())));
        let events = vec![(events::ROTATION_FAILED, run.token, Some(error.message().to_owned()))];
        self.save(found, secret, events).await
    }

    /// Has the function take the step, and waits for it.
    async fn invoke(&self, work: &Work) -> Ending {
        let Some(function) = FunctionArn::parse(&work.function) else {
            return Ending::Failed("the function's ARN is none".to_owned());
        };
        let functions = &self.service.functions;
        let origin = Origin { arn: &work.arn, account: &work.account };
        let event = json!({
            "Step": work.step.name(),
            "SecretId": work.arn,
            "ClientRequestToken": work.token,
            "RotationToken": work.rotation_token,
        });
        let event = event.to_string();
        // It becomes the id of the invocation, which stands in paths of the Runtime API.
        let request_id = self.circumstances.ids.next().to_string();
        let caller = Caller::service(&work.account, PRINCIPAL);
        let circumstances = Circumstances {
            caller: &caller,
            region: function.region(),
            now: (self.clock)(),
            request_id: &request_id,
            ..*self.circumstances
        };
        match functions.invoke(&circumstances, &function, origin, &event).await {
            Ok(outcome) if outcome.function_error.is_none() => Ending::Done,
            Ok(outcome) => {
                let access = functions.access(&circumstances, &function, origin).await;
                let is_ours = access.is_ok_and(|access| access == Access::BuiltIn);
                Ending::of_failure(&outcome, is_ours)
            }
            Err(error) => Ending::of_refusal(&error),
        }
    }

    async fn settle(&self, work: &Work, ending: Ending) -> Result<Next> {
        for _ in 0..MOST_CONFLICTS {
            let Some(found) = self.find().await? else { return Ok(Next::Rest) };
            match self.settle_once(&found, work, &ending).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(Error::throttling())
    }

    /// Stores what came of a step, and finds what is next.
    async fn settle_once(&self, found: &Found, work: &Work, ending: &Ending) -> Result<Next> {
        let now = (self.clock)();
        let mut changed = found.0.value.clone();
        let is_deleted = found.deletion.is_some();
        let version = changed.version(&work.token);
        let has_value = version.is_some_and(|version| version.has_value);
        let is_current = version.is_some_and(|version| version.has(CURRENT));
        let is_under_way = changed.is_under_way(&work.token);
        let run = changed.rotation.as_mut().and_then(|rotation| rotation.run.as_mut());
        // Cancelled, overtaken by another value, or taken up by somebody else.
        let is_ours = |run: &&mut Run| run.token == work.token && run.claim == work.claim;
        let Some(run) = run.filter(is_ours) else { return Ok(Next::Rest) };
        if !is_under_way {
            return self.abandon(found, changed, now).await;
        }
        match (ending, work.step) {
            (Ending::Busy, _) => {
                run.is_working = false;
                run.wake = Some(now.plus_millis(BUSY_MILLIS));
                self.save(found, changed, Vec::new()).await
            }
            _ if run.is_test => self.end_test(found, changed, ending, now).await,
            (Ending::Failed(reason), step) => {
                let said = during(work, step);
                self.fail(found, changed, (step, reason, &said), now).await
            }
            (Ending::Done, Step::Create) if !has_value => {
                let said = not_created(work);
                let reason = "the function stored no value for the pending version";
                self.fail(found, changed, (Step::Create, reason, &said), now).await
            }
            (Ending::Done, step) => match step.next() {
                Some(step) => {
                    run.step = step;
                    run.is_working = !is_deleted;
                    let next = work_unless(is_deleted, &changed);
                    self.save(found, changed, Vec::new()).await?;
                    Ok(next)
                }
                None if is_current => self.succeed(found, changed, now).await,
                None => {
                    let said = during(work, step);
                    let reason = "the function left the new version without AWSCURRENT";
                    self.fail(found, changed, (step, reason, &said), now).await
                }
            },
        }
    }

    async fn succeed(&self, found: &Found, mut secret: Secret, now: Timestamp) -> Result<Next> {
        let Some(token) = secret.complete_rotation(now) else { return Ok(Next::Rest) };
        let events = vec![(events::ROTATION_SUCCEEDED, token, None)];
        let next = self.save(found, secret, events).await?;
        let caller = Caller::service(&found.account, PRINCIPAL);
        let circumstances =
            Circumstances { caller: &caller, region: &found.region, now, ..*self.circumstances };
        replicate::propagate(&Call::new(self.service, &circumstances), found).await;
        Ok(next)
    }

    async fn fail(
        &self,
        found: &Found,
        mut secret: Secret,
        (step, reason, said): (Step, &str, &str),
        now: Timestamp,
    ) -> Result<Next> {
        let mut jitter = [0];
        self.circumstances.entropy.fill(&mut jitter);
        let Some(rotation) = &mut secret.rotation else { return Ok(Next::Rest) };
        let Some(run) = rotation.run.clone() else { return Ok(Next::Rest) };
        rotation.note(attempt(&run, now, step, Some(reason)));
        rotation.postpone(now, jitter[0]);
        let events = vec![(events::ROTATION_FAILED, run.token, Some(said.to_owned()))];
        self.save(found, secret, events).await
    }

    async fn abandon(&self, found: &Found, mut secret: Secret, now: Timestamp) -> Result<Next> {
        let Some(rotation) = &mut secret.rotation else { return Ok(Next::Rest) };
        let Some(run) = rotation.run.clone() else { return Ok(Next::Rest) };
        rotation.give_up(now);
        let reason = "the new version lost its label AWSPENDING";
        rotation.note(attempt(&run, now, run.step, Some(reason)));
        let events = vec![(events::ROTATION_ABANDONED, run.token, None)];
        self.save(found, secret, events).await
    }

    /// A test takes one step, once; its version loses the label whatever came of it.
    async fn end_test(
        &self,
        found: &Found,
        mut secret: Secret,
        ending: &Ending,
        now: Timestamp,
    ) -> Result<Next> {
        let Some((rotation, run)) = taken(&mut secret) else { return Ok(Next::Rest) };
        let failure = match ending {
            Ending::Failed(reason) => Some(reason.as_str()),
            Ending::Done | Ending::Busy => None,
        };
        rotation.ended = Some(run.token.clone());
        rotation.note(attempt(&run, now, Step::Test, failure));
        let said = rotation.function.as_deref().map(|function| {
            format!("Error when executing lambda {function} during {} step", Step::Test.name())
        });
        if secret.labelled(PENDING).is_some_and(|version| version.id == run.token) {
            staging::detach(&mut secret.versions, PENDING);
            secret.mark_changed(now);
        }
        let event = match failure {
            None => (events::TEST_SUCCEEDED, run.token, None),
            Some(_) => (events::TEST_FAILED, run.token, said),
        };
        self.save(found, secret, vec![event]).await
    }

    async fn find(&self) -> Result<Option<Found>> {
        let secret: Option<Arc<Stored<Secret>>> =
            self.service.records.get(self.key).await.map_err(error::storage)?;
        Ok(secret.map(Found))
    }

    /// Saves the secret and puts on record what that meant.
    async fn save(&self, found: &Found, mut secret: Secret, events: Vec<Event>) -> Result<Next> {
        let now = (self.clock)();
        let announce =
            |(name, token, failure): Event| secret.announce(name, &token, failure.as_deref(), now);
        let announced: Vec<Announcement> = events.into_iter().map(announce).collect();
        self.service.save(Some(found), secret, Vec::new()).await?;
        self.service.publish(self.circumstances, found, &announced).await?;
        Ok(Next::Rest)
    }
}

/// Token of the rotation in progress, and whether it is a test.
fn running(secret: &Secret) -> Option<(String, bool)> {
    let run = secret.rotation.as_ref()?.run.as_ref()?;
    Some((run.token.clone(), run.is_test))
}

/// The rotation, and out of it the one in progress.
fn taken(secret: &mut Secret) -> Option<(&mut Rotation, Run)> {
    let rotation = secret.rotation.as_deref_mut()?;
    let run = rotation.run.take()?;
    Some((rotation, run))
}

fn attempt(run: &Run, ended: Timestamp, step: Step, error: Option<&str>) -> Attempt {
    Attempt { token: run.token.clone(), ended, step, error: error.map(str::to_owned) }
}

fn work(secret: &Secret) -> Next {
    let Some(rotation) = &secret.rotation else { return Next::Rest };
    let Some(run) = &rotation.run else { return Next::Rest };
    Next::Work(Work {
        arn: secret.arn().to_owned(),
        account: secret.account.clone(),
        // Without a function the step fails, as it does with one that is gone.
        function: rotation.function.clone().unwrap_or_default(),
        token: run.token.clone(),
        rotation_token: run.rotation_token.clone(),
        step: run.step,
        claim: run.claim,
    })
}

fn work_unless(is_deleted: bool, secret: &Secret) -> Next {
    if is_deleted { Next::Rest } else { work(secret) }
}

/// What AWS says in the event of a step that failed.
fn during(work: &Work, step: Step) -> String {
    format!("Error when executing lambda {} during {} step", work.function, step.name())
}

/// What AWS says of a function that stored no value.
fn not_created(work: &Work) -> String {
    format!(
        "Pending secret version {} for Secret {} was not created by Lambda {}. Remove the AWSPENDING \
         staging label and restart rotation",
        work.token, work.arn, work.function
    )
}

#[cfg(test)]
mod tests;
