//! What the operator of the server can see and do of a rotation. Nobody's policies are asked: whoever may
//! give the server orders owns the machine.

use serde::Serialize;
use serde_json::{Value, json};
use strongroom_api::{Caller, Circumstances, Error, Timestamp, random_uuid};

use crate::functions::{Access, FunctionArn, Origin};
use crate::id::SecretId;
use crate::jobs::PRINCIPAL;
use crate::paths::secret_key;
use crate::rotate::Ending;
use crate::rotation::{Attempt, Rotation};
use crate::secret::{Found, Secret};
use crate::staging::{self, PENDING};
use crate::{SecretsManager, error, events};

/// Why an order was not carried out, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// No such secret.
    #[error("there is no secret {0}")]
    NoSecret(String),
    /// It makes no sense for this secret, for the reason given.
    #[error("{0}")]
    NotNow(String),
    /// The store or the trail failed.
    #[error("{}", .0.cause().map_or_else(|| .0.to_string(), ToString::to_string))]
    Ours(Error),
}

impl From<Error> for Obstacle {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// How the rotation of a secret is.
#[derive(Debug, Serialize)]
pub struct Status {
    /// The ARN of the secret.
    pub secret: String,
    /// `never`, `off`, `idle`, `due`, `running`, `waiting` or `stuck`.
    pub state: &'static str,
    /// The function that rotates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The step that is being taken, or is next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<&'static str>,
    /// The version that is being made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When that was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<String>,
    /// When it is tried again, or the next rotation begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// `LastRotatedDate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_rotated: Option<String>,
    /// `NextRotationDate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rotation: Option<String>,
    /// The latest attempts, the oldest first.
    pub attempts: Vec<ShownAttempt>,
}

/// An attempt as the operator sees it.
#[derive(Debug, Serialize)]
pub struct ShownAttempt {
    /// When it ended.
    pub ended: String,
    /// The version that was being made.
    pub version: String,
    /// The step in which it ended.
    pub step: &'static str,
    /// Why it failed; none for one that succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How often an order starts anew because another writer was faster.
const MOST_CONFLICTS: usize = 64;

impl SecretsManager {
    /// How the rotation of the secret is that the caller of `circumstances` means by `id`.
    ///
    /// # Errors
    /// No such secret.
    pub async fn rotation_status(
        &self,
        circumstances: &Circumstances<'_>,
        id: &str,
    ) -> Result<Status, Obstacle> {
        let found = self.meant(circumstances, id).await?;
        Ok(status(&found, circumstances.now))
    }

    /// Has a rotation that is not complete tried again at once.
    ///
    /// # Errors
    /// There is none, or it is being worked on.
    pub async fn retry_rotation(
        &self,
        circumstances: &Circumstances<'_>,
        id: &str,
    ) -> Result<Status, Obstacle> {
        for _ in 0..MOST_CONFLICTS {
            let found = self.meant(circumstances, id).await?;
            let mut changed = found.0.value.clone();
            let rotation_token = random_uuid(circumstances.entropy).to_string();
            if found.rotation_goes_on().is_none() && found.deletion.is_some() {
                return Err(not_now("the secret is scheduled for deletion"));
            }
            if !changed.reattempt_rotation(circumstances.now, &rotation_token) {
                let is_running = status(&found, circumstances.now).state == "running";
                return Err(not_now(if is_running {
                    "the rotation is being worked on"
                } else {
                    "there is no rotation to try again; RotateSecret begins a new one"
                }));
            }
            match self.save(Some(&found), changed.clone(), Vec::new()).await {
                Err(error) if error.is_conflict() => {}
                outcome => {
                    outcome?;
                    return Ok(status(&changed, circumstances.now));
                }
            }
        }
        Err(Error::throttling().into())
    }

    /// Makes an end of a rotation that is not complete: AWSPENDING comes off its version, and the schedule
    /// goes on with its next window. A function that is running is not stopped, and changes nothing more.
    ///
    /// # Errors
    /// There is none.
    pub async fn abandon_rotation(
        &self,
        circumstances: &Circumstances<'_>,
        id: &str,
    ) -> Result<Status, Obstacle> {
        let now = circumstances.now;
        for _ in 0..MOST_CONFLICTS {
            let found = self.meant(circumstances, id).await?;
            let mut changed = found.0.value.clone();
            let pending = changed.unfinished().map(|version| version.id.clone());
            let run = changed.rotation.as_ref().and_then(|rotation| rotation.run.clone());
            let token = run.as_ref().map(|run| run.token.clone()).or_else(|| pending.clone());
            let Some(token) = token else {
                return Err(not_now("there is no rotation to abandon"));
            };
            if pending.as_ref() == Some(&token) {
                staging::detach(&mut changed.versions, PENDING);
            }
            if let Some(rotation) = &mut changed.rotation {
                rotation.give_up(now);
                if let Some(run) = run {
                    let error = Some("abandoned by the operator".to_owned());
                    rotation.note(Attempt { token: run.token, ended: now, step: run.step, error });
                }
            }
            changed.mark_changed(now);
            let announced = changed.announce(events::ROTATION_ABANDONED, &token, None, now);
            match self.save(Some(&found), changed.clone(), Vec::new()).await {
                Err(error) if error.is_conflict() => {}
                outcome => {
                    outcome?;
                    self.publish(circumstances, &found, &[announced]).await?;
                    return Ok(status(&changed, now));
                }
            }
        }
        Err(Error::throttling().into())
    }

    /// Has a built-in rotator try what a rotation would do, without touching the credentials in use. The
    /// answer is what it says. `function` stands in for the one that is set up.
    ///
    /// # Errors
    /// The function is none that can rehearse, or it failed.
    pub async fn rehearse_rotation(
        &self,
        circumstances: &Circumstances<'_>,
        id: &str,
        function: Option<&str>,
    ) -> Result<Value, Obstacle> {
        let found = self.meant(circumstances, id).await?;
        if found.replication.is_replica() || found.deletion.is_some() {
            return Err(not_now("a secret that is a replica or is being deleted is not rotated"));
        }
        let stored = || found.rotation.as_ref()?.function.clone();
        let Some(text) = function.map(|name| arn_of(&found, name)).or_else(stored) else {
            return Err(not_now("no rotation function is set up for the secret; name one"));
        };
        let arn =
            FunctionArn::parse(&text).ok_or_else(|| not_now(format!("{text} is no function")))?;
        let caller = Caller::service(&found.account, PRINCIPAL);
        let circumstances =
            Circumstances { caller: &caller, region: arn.region(), ..*circumstances };
        let origin = Origin { arn: found.0.arn(), account: &found.account };
        match self.functions.access(&circumstances, &arn, origin).await? {
            Access::BuiltIn => {}
            Access::Custom => {
                return Err(not_now(format!(
                    "{} cannot rehearse: only the built-in rotators know how to try a rotation without \
                     changing the password, while a function of your own knows the four steps only",
                    arn.name()
                )));
            }
            Access::Denied => {
                return Err(not_now(format!("Secrets Manager cannot invoke {text}")));
            }
        }
        let event = json!({ "Step": "rehearse", "SecretId": found.0.arn() }).to_string();
        let outcome = self.functions.invoke(&circumstances, &arn, origin, &event).await;
        let ending = match outcome {
            Ok(outcome) if outcome.function_error.is_none() => {
                let said = serde_json::from_slice(&outcome.payload).unwrap_or(Value::Null);
                return Ok(json!({ "secret": found.0.arn(), "function": text, "rehearsal": said }));
            }
            Ok(outcome) => Ending::of_failure(&outcome, true),
            Err(error) if error.is_internal() => return Err(error.into()),
            Err(error) => Ending::of_refusal(&error),
        };
        match ending {
            Ending::Failed(reason) => Err(not_now(reason)),
            Ending::Done | Ending::Busy => Err(not_now("the function has too much to do")),
        }
    }

    async fn meant(&self, circumstances: &Circumstances<'_>, id: &str) -> Result<Found, Obstacle> {
        let none = || Obstacle::NoSecret(id.to_owned());
        let (account, region) = (circumstances.caller.account(), circumstances.region);
        let secret_id = SecretId(id.to_owned());
        let reference = secret_id.resolve(account, region).map_err(|_| none())?;
        let key = secret_key(reference.account, reference.region, reference.name);
        let found = self.records.get::<Secret>(&key).await.map_err(error::storage)?.map(Found);
        let suits = |found: &Found| reference.suffix.is_none_or(|s| s == found.suffix);
        found.filter(suits).ok_or_else(none)
    }
}

fn not_now(reason: impl Into<String>) -> Obstacle {
    Obstacle::NotNow(reason.into())
}

/// The ARN of a function that is named by its ARN, or by its name in the secret's account and region.
fn arn_of(secret: &Secret, name: &str) -> String {
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    format!("arn:aws:lambda:{}:{}:function:{name}", secret.region, secret.account)
}

fn status(secret: &Secret, now: Timestamp) -> Status {
    let rotation = secret.rotation.as_deref();
    let run = rotation.and_then(|rotation| rotation.run.as_ref());
    let text = |at: Timestamp| at.iso8601();
    Status {
        secret: secret.arn().to_owned(),
        state: state(secret, rotation, now),
        function: rotation.and_then(|rotation| rotation.function.clone()),
        step: run.map(|run| run.step.name()),
        version: run.map(|run| run.token.clone()),
        began: run.map(|run| text(run.began)),
        due: secret.rotation_goes_on().map(text),
        last_rotated: rotation.and_then(Rotation::shown_last).map(text),
        next_rotation: rotation.and_then(Rotation::shown_next).map(text),
        attempts: rotation.map(|rotation| shown(&rotation.attempts)).unwrap_or_default(),
    }
}

fn state(secret: &Secret, rotation: Option<&Rotation>, now: Timestamp) -> &'static str {
    let Some(rotation) = rotation else { return "never" };
    match (&rotation.run, secret.rotation_goes_on()) {
        (Some(run), _) if run.is_working => "running",
        (Some(_), Some(due)) if due > now => "waiting",
        (_, Some(due)) if due <= now => "due",
        (Some(_), _) => "stuck",
        (None, _) if rotation.enabled => "idle",
        (None, _) => "off",
    }
}

fn shown(attempts: &[Attempt]) -> Vec<ShownAttempt> {
    let one = |attempt: &Attempt| ShownAttempt {
        ended: attempt.ended.iso8601(),
        version: attempt.token.clone(),
        step: attempt.step.name(),
        error: attempt.error.clone(),
    };
    attempts.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
