//! A rehearsal: what a rotation would meet, found out without touching the credentials in use.

use serde::Serialize;
use strongroom_wire::Sensitive;

use crate::engine::{Change, Engine, Reason, Refused, Session as _, Trial};
use crate::error::Error;
use crate::login::Login;
use crate::password::PasswordRules;
use crate::rotator::Step;
use crate::secrets::Secrets;

/// What a rehearsal found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rehearsal {
    /// Whether nothing failed.
    pub passed: bool,
    /// What was looked at, in order.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    /// What.
    pub check: String,
    /// How it went.
    pub outcome: Outcome,
    /// More about it.
    pub detail: String,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub enum Outcome {
    /// As a rotation needs it.
    Passed,
    /// A rotation would fail.
    Failed,
    /// It could not be looked at.
    Skipped,
}

impl Rehearsal {
    /// Sums findings up.
    #[must_use]
    pub fn of(findings: impl IntoIterator<Item = Finding>) -> Self {
        let findings: Vec<Finding> = findings.into_iter().collect();
        let passed = findings.iter().all(|finding| finding.outcome != Outcome::Failed);
        Self { passed, findings }
    }
}

impl Finding {
    /// As a rotation needs it.
    #[must_use]
    pub fn passed(check: &str, detail: impl Into<String>) -> Self {
        Self { check: check.to_owned(), outcome: Outcome::Passed, detail: detail.into() }
    }

    /// A rotation would fail.
    #[must_use]
    pub fn failed(check: &str, detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Failed, ..Self::passed(check, detail) }
    }

    /// It could not be looked at.
    #[must_use]
    pub fn skipped(check: &str, detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Skipped, ..Self::passed(check, detail) }
    }
}

/// Where a database is tried out, and what is found there.
pub(crate) struct Stage<'a, E, S> {
    engine: &'a E,
    step: &'a Step<'a, S>,
    findings: Vec<Finding>,
}

impl<'a, E: Engine, S: Secrets> Stage<'a, E, S> {
    pub(crate) fn new(engine: &'a E, step: &'a Step<'a, S>) -> Self {
        Self { engine, step, findings: Vec::new() }
    }

    pub(crate) fn close(self) -> Rehearsal {
        Rehearsal::of(self.findings)
    }

    pub(crate) fn say(&mut self, check: &str, outcome: Result<String, String>) {
        self.findings.push(match outcome {
            Ok(detail) => Finding::passed(check, detail),
            Err(detail) => Finding::failed(check, detail),
        });
    }

    /// Logs in; what keeps it from that is a finding.
    pub(crate) async fn log_in(&mut self, check: &str, login: &Login) -> Option<E::Session> {
        let entered = self.engine.log_in(login).await;
        let detail = entered.as_ref().map(|_| format!("as {} at {}", login.username, login.host));
        self.say(check, detail.map_err(ToString::to_string));
        entered.ok()
    }

    /// Logs in and out again; whether that went well.
    pub(crate) async fn log_in_and_out(&mut self, check: &str, login: &Login) -> bool {
        match self.log_in(check, login).await {
            Some(session) => {
                session.close().await;
                true
            }
            None => false,
        }
    }

    /// The superuser must be one of the same server.
    pub(crate) fn check_host(&mut self, current: &Login, master: &Login) -> bool {
        let is_same = current.host == master.host;
        if !is_same {
            let detail = format!("the secret's is {}, its master's {}", current.host, master.host);
            self.say("both secrets name one host", Err(detail));
        }
        is_same
    }

    /// Sets the password in a transaction that is rolled back, where there are such.
    pub(crate) async fn try_password(&mut self, session: &mut E::Session, change: &Change<'_>) {
        const CHECK: &str = "setSecret";
        self.findings.push(match session.try_password(change).await {
            Ok(Trial::RolledBack) => Finding::passed(CHECK, "the password was set and taken back"),
            Ok(Trial::Impossible) => {
                Finding::skipped(CHECK, "this kind of server cannot take a new password back")
            }
            Err(refused) => Finding::failed(CHECK, refused.to_string()),
        });
    }

    /// Makes a user that lives for a moment, and logs in as that user with the new password.
    ///
    /// # Errors
    /// Secrets Manager refuses to make a name.
    pub(crate) async fn try_visitor(
        &mut self,
        session: &mut E::Session,
        like: &Login,
        password: &Sensitive<String>,
    ) -> Result<(), Error> {
        const CHECK: &str = "testSecret";
        let name = self.step.secrets.random_password(&PasswordRules::of_a_name()).await?;
        let visitor = format!("rehearsal_{}", name.reveal());
        if let Err(refused) = session.add_visitor(&visitor, password).await {
            self.findings.push(without_visitor(&refused));
            return Ok(());
        }
        let mut login = like.clone();
        login.username.clone_from(&visitor);
        login.password = password.clone();
        if E::FACTS.database.is_none() {
            // The visitor may log in, and see nothing.
            login.database = None;
        }
        let tested = self.enter(&login).await;
        let removed = session.remove_visitor(&visitor).await;
        self.findings.push(match tested {
            Ok(()) => Finding::passed(CHECK, "a throw-away user logged in with the new password"),
            Err(refused) => Finding::failed(CHECK, format!("as a throw-away user: {refused}")),
        });
        if let Err(refused) = removed {
            self.say("the throw-away user is gone", Err(format!("{visitor} is left: {refused}")));
        }
        Ok(())
    }

    async fn enter(&self, login: &Login) -> Result<(), Refused> {
        let mut session = self.engine.log_in(login).await?;
        let probed = session.probe().await;
        session.close().await;
        probed
    }
}

/// A user that changes its own password need not be able to make users.
fn without_visitor(refused: &Refused) -> Finding {
    const CHECK: &str = "testSecret";
    match refused.reason {
        Reason::Forbidden => Finding::skipped(
            CHECK,
            "the user may not make a throw-away user to test a new password with",
        ),
        _ => Finding::failed(CHECK, format!("no throw-away user: {refused}")),
    }
}
