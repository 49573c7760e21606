//! The rotation of a secret: its rules, when it is next due, and how far the one in progress is. Pure.

use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Timestamp};

use crate::announcement::{Announcement, GRACE_MILLIS};
use crate::schedule::{DAY_MILLIS, Fault, Schedule, Window};

/// Everything about a secret's rotation; a secret that was never to be rotated has none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Rotation {
    /// `RotationEnabled`.
    pub enabled: bool,
    /// `RotationLambdaARN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// `RotationRules`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// When the rules were set.
    #[serde(default, with = "crate::time")]
    pub since: Timestamp,
    /// `LastRotatedDate`.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// When the window of the next scheduled rotation opens.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub opens: Option<Timestamp>,
    /// When it is closed.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub closes: Option<Timestamp>,
    /// The rotation that has begun and is not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// The token of the last rotation that ended, so that its repeat is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// What came of the latest attempts, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Events that may not be on record yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unrecorded: Vec<Announcement>,
}

/// `RotationRules` as they were set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// `AutomaticallyAfterDays`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// `ScheduleExpression`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// `Duration`: `3h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
}

/// `RotationRules` as replies show them.
#[derive(Clone, Debug, Reply)]
pub struct ShownRules {
    automatically_after_days: Option<i64>,
    duration: Option<String>,
    schedule_expression: Option<String>,
}

/// A rotation on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// `ClientRequestToken`: the id of the version that is being made.
    pub token: String,
    /// `RotationToken`, by which a function in another account is known.
    pub rotation_token: String,
    /// Whether it is only tested (`RotateImmediately` is false).
    pub is_test: bool,
    /// The step that is being taken, or is next.
    pub step: Step,
    /// Whether somebody is at it. After a crash this still says so.
    pub is_working: bool,
    /// Rises with whoever takes the rotation up, so that one who was thought gone changes nothing.
    pub claim: u64,
    /// Attempts that failed since the window opened.
    pub tries: u32,
    /// Whether the start is on record.
    pub is_announced: bool,
    /// When it began.
    #[serde(with = "crate::time")]
    pub began: Timestamp,
    /// When it goes on; none: not before somebody asks for it.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub wake: Option<Timestamp>,
    /// When the window that it belongs to is closed; none if it was asked for.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The four steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The function makes a new value and stores it as AWSPENDING.
    Create,
    /// It brings the new value into force.
    Set,
    /// It proves that the new value works.
    Test,
    /// It makes the new value current.
    Finish,
}

impl Step {
    /// AWS's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "createSecret",
            Self::Set => "setSecret",
            Self::Test => "testSecret",
            Self::Finish => "finishSecret",
        }
    }

    /// The step after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Create => Some(Self::Set),
            Self::Set => Some(Self::Test),
            Self::Test => Some(Self::Finish),
            Self::Finish => None,
        }
    }
}

/// What came of one attempt at a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The version that was being made.
    pub token: String,
    /// When it ended.
    #[serde(with = "crate::time")]
    pub ended: Timestamp,
    /// The step in which it ended.
    pub step: Step,
    /// Why it failed, without anything that the function said; none if it succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Attempts that are remembered.
const MOST_ATTEMPTS: usize = 20;
/// Attempts in a row, before a rotation waits for its next window.
pub const MOST_TRIES: u32 = 5;
/// How long to wait after the first failure; four times as long after each further one.
const FIRST_PAUSE_MILLIS: i64 = 15_000;

impl Run {
    /// A rotation that was asked for at `now`.
    #[must_use]
    pub fn new(token: &str, rotation_token: &str, now: Timestamp) -> Self {
        Self {
            token: token.to_owned(),
            rotation_token: rotation_token.to_owned(),
            is_test: false,
            step: Step::Create,
            is_working: false,
            claim: 0,
            tries: 0,
            is_announced: false,
            began: now,
            wake: Some(now),
            until: None,
        }
    }

    /// The same as a test, which takes one step only.
    #[must_use]
    pub fn as_test(self) -> Self {
        Self { is_test: true, step: Step::Test, ..self }
    }
}

impl Rules {
    /// The schedule that they describe; none if they say nothing about when.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn schedule(&self) -> Result<Option<Schedule>, Fault> {
        let hours = match &self.duration {
            Some(text) => {
                let hours = text.strip_suffix('h').and_then(|hours| hours.parse().ok());
                Some(hours.ok_or(Fault("the duration of a rotation window must be 1h to 24h"))?)
            }
            None => None,
        };
        match (self.days, &self.expression) {
            (Some(days), _) => Schedule::days(days, hours).map(Some),
            (None, Some(expression)) => Schedule::parse(expression, hours).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl Rotation {
    /// The schedule, if there is one.
    #[must_use]
    pub fn schedule(&self) -> Option<Schedule> {
        self.rules.as_ref().and_then(|rules| rules.schedule().ok().flatten())
    }

    /// When the engine has to look at it next.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let oldest = self.unrecorded.first().map(|one| one.at.plus_millis(GRACE_MILLIS));
        self.goes_on().into_iter().chain(oldest).min()
    }

    /// When the rotation in progress goes on, or the next one begins.
    #[must_use]
    pub fn goes_on(&self) -> Option<Timestamp> {
        match &self.run {
            Some(run) => run.wake,
            None if self.enabled => self.opens,
            None => None,
        }
    }

    /// Plans the next rotation after one at `base`.
    pub fn plan(&mut self, base: Timestamp) {
        let since = self.since;
        self.enter(self.schedule().and_then(|schedule| schedule.window_after(base, since)));
    }

    /// Plans the first rotation under rules set at `now`: an earlier rotation counts for a rate of days.
    pub fn plan_first(&mut self, now: Timestamp) {
        let Some(schedule) = self.schedule() else { return self.enter(None) };
        let last = self.last.filter(|_| schedule.follows_the_last_rotation());
        self.plan(last.unwrap_or(now));
        self.skip_missed(now);
    }

    /// Plans anew what can no longer be done in its window at `now`. The answer is whether it has to wait
    /// for that.
    fn skip_missed(&mut self, now: Timestamp) -> bool {
        let is_missed = self.closes.is_some_and(|closes| closes <= now);
        if let (true, Some(schedule)) = (is_missed, self.schedule()) {
            self.enter(schedule.window_for_missed(now, self.since));
        }
        is_missed && self.opens.is_none_or(|opens| opens > now)
    }

    /// Where the rules say how long a window is, nothing scheduled happens outside one: what is due at
    /// `now` although its window is closed is put off to the next. The answer is whether it was.
    pub fn wait_for_window(&mut self, now: Timestamp) -> bool {
        let Some(schedule) = self.schedule().filter(Schedule::is_strict) else { return false };
        match &mut self.run {
            None => self.skip_missed(now),
            // What has been begun is brought to an end.
            Some(run) if run.is_working => false,
            Some(run) if run.until.is_some_and(|until| until <= now) => {
                let window = schedule.window_for_missed(now, self.since);
                run.wake = window.map(|window| window.start.max(now));
                run.until = window.map(|window| window.end);
                // Today's window may be open this moment.
                window.is_none_or(|window| window.start > now)
            }
            Some(_) => false,
        }
    }

    fn enter(&mut self, window: Option<Window>) {
        self.opens = window.map(|window| window.start);
        self.closes = window.map(|window| window.end);
    }

    /// The next window after `now`, of a rotation that did not come about in its own.
    fn window_after_failure(&self, now: Timestamp) -> Option<Window> {
        let schedule = self.schedule().filter(|_| self.enabled)?;
        // A rate of days is not counted from here: it has its chance again tomorrow.
        let from = if schedule.follows_the_last_rotation() {
            now.day().plus_millis(DAY_MILLIS)
        } else {
            now
        };
        schedule.window_for_missed(from, self.since)
    }

    /// Makes an end of the rotation in progress. Its window is not used again.
    pub fn give_up(&mut self, now: Timestamp) {
        self.ended = self.run.take().map(|run| run.token).or(self.ended.take());
        if self.opens.is_some_and(|opens| opens <= now) {
            self.enter(self.window_after_failure(now));
        }
    }

    /// Enters what came of an attempt.
    pub fn note(&mut self, attempt: Attempt) {
        if self.attempts.len() >= MOST_ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }

    /// The rotation in progress failed at `now` and is to be tried again: soon, with growing pauses, while
    /// its window is open; then when the next one opens. `jitter` (0 to 255) keeps many from coming back
    /// at once.
    pub fn postpone(&mut self, now: Timestamp, jitter: u8) {
        let next = self.window_after_failure(now);
        let Some(run) = &mut self.run else { return };
        run.is_working = false;
        run.step = if run.is_test { Step::Test } else { Step::Create };
        run.tries += 1;
        let pause = FIRST_PAUSE_MILLIS << (2 * (run.tries - 1).min(8));
        let soon = now.plus_millis(pause + pause / 4 * i64::from(jitter) / 255);
        let is_open = run.until.is_none_or(|until| soon < until);
        if run.tries < MOST_TRIES && is_open {
            run.wake = Some(soon);
            return;
        }
        run.tries = 0;
        run.wake = next.map(|window| window.start);
        run.until = next.map(|window| window.end);
    }

    /// `LastRotatedDate`; not shown while rotation is off.
    #[must_use]
    pub fn shown_last(&self) -> Option<Timestamp> {
        self.last.filter(|_| self.enabled)
    }

    /// `NextRotationDate`: the last second of the next window.
    #[must_use]
    pub fn shown_next(&self) -> Option<Timestamp> {
        self.closes.filter(|_| self.enabled).map(|closes| closes.plus_millis(-1_000))
    }

    /// `RotationRules`: with the days between rotations, which AWS works out of an expression.
    #[must_use]
    pub fn shown_rules(&self) -> Option<ShownRules> {
        let rules = self.rules.as_ref()?;
        let from = self.opens.unwrap_or(self.since);
        let days = self.schedule().and_then(|schedule| schedule.days_between(from));
        Some(ShownRules {
            automatically_after_days: rules.days.or(days),
            duration: rules.duration.clone(),
            schedule_expression: rules.expression.clone(),
        })
    }

    /// The same rotation as replicas show it: rules and dates, but nothing to be done.
    #[must_use]
    pub fn for_replica(&self) -> Self {
        let mut shown = Self { run: None, attempts: Vec::new(), ..self.clone() };
        shown.ended = None;
        shown.unrecorded = Vec::new();
        shown
    }
}

#[cfg(test)]
mod tests;
