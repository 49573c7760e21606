//! Credentials of any web service: API keys, tokens and passwords, changed by requests that the secret
//! describes.
//!
//! No template of AWS does this. The secret's member `rotation` is the recipe (`recipe.rs`); with
//! `masterarn` it is the one of that secret, and only then may requests carry what is in it. So whoever
//! writes the master's secret decides what is done with it, and whoever writes a secret can have nothing
//! sent but that secret. Before anything is done with a master's rights, the current value has to work:
//! otherwise a secret that names somebody else's account would take it over.

use strongroom_wire::Sensitive;

use self::recipe::{Issue, Recipe, Way};
use self::request::{Call, When};
use self::template::Values;
use self::web::Web;
use crate::document::Document;
use crate::error::Error;
use crate::rehearsal::{Finding, Rehearsal};
use crate::rotator::{CURRENT, PENDING, PREVIOUS, Rotator, Step};
use crate::secrets::Secrets;
use crate::trust::Trust;

mod recipe;
mod request;
mod template;
mod web;

pub use web::HOSTS;

/// Changes the credential of a web service.
pub struct WebService {
    /// Whose certificates the service may show where the recipe does not say.
    pub trust: Trust,
    /// The hosts that requests may go to, with commas; all where nothing is said.
    pub hosts: Option<String>,
}

/// What a step has read.
struct Plan<'a> {
    arn: &'a str,
    token: &'a str,
    recipe: Recipe,
    current: Document,
    master: Option<Document>,
    web: Web,
}

impl Rotator for WebService {
    async fn create_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let plan = self.plan(step).await?;
        if step.is_created().await? {
            tracing::info!("createSecret: Successfully retrieved secret for {}.", step.arn());
            return Ok(());
        }
        match &plan.recipe.way {
            Way::Set { member, rules, .. } => {
                let rules = rules.over(step.rules);
                let value = step.secrets.random_password(&rules).await?;
                let mut pending = plan.current.clone();
                pending.set(member, value.reveal());
                step.put(&pending.to_json()).await
            }
            Way::Create(issue) => {
                if let Some((revoke, _)) = &issue.revoke {
                    plan.revoke_earlier(revoke, step).await?;
                }
                plan.prove_current().await?;
                let pending = plan.issue(issue).await?;
                let put = step.put(&pending.to_json()).await;
                if let (Err(_), Some((revoke, _))) = (&put, &issue.revoke) {
                    plan.revoke_unkept(revoke, &pending).await;
                }
                put
            }
        }
    }

    async fn set_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let plan = self.plan(step).await?;
        let pending = plan.pending(step).await?;
        let arn = step.arn();
        let Way::Set { set, .. } = &plan.recipe.way else {
            tracing::info!("setSecret: The service has made the pending value of {arn} itself.");
            return Ok(());
        };
        if plan.works(&pending).await? {
            tracing::info!("setSecret: AWSPENDING secret is already set for secret arn {arn}.");
            return Ok(());
        }
        let valid = plan.valid(step).await?;
        let values = Values { current: Some(&valid), pending: Some(&pending), ..plan.values() };
        plan.web.demand(set, &values).await?;
        tracing::info!("setSecret: Successfully set the pending value for secret arn {arn}.");
        Ok(())
    }

    async fn test_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let plan = self.plan(step).await?;
        let pending = plan.pending(step).await?;
        let arn = step.arn();
        if !plan.works(&pending).await? {
            return Err(Error::value(format!("The service refuses the pending value of {arn}")));
        }
        tracing::info!("testSecret: The service accepts AWSPENDING secret in {arn}.");
        Ok(())
    }

    async fn finish_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let plan = self.plan(step).await?;
        let pending = plan.pending(step).await?;
        step.promote().await?;
        let Way::Create(issue) = &plan.recipe.way else { return Ok(()) };
        let Some((revoke, When::Finish)) = &issue.revoke else { return Ok(()) };
        if !plan.is_another(&plan.current, &pending) {
            return Ok(());
        }
        let values = Values { this: Some(&plan.current), current: Some(&pending), ..plan.values() };
        plan.web.demand(revoke, &values).await.map_err(|error| {
            error.because("the rotation is complete; the next one tries to revoke the value again")
        })?;
        tracing::info!("finishSecret: Revoked the value before of secret {}.", step.arn());
        Ok(())
    }

    async fn rehearse<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Rehearsal, Error> {
        let plan = match self.plan(step).await {
            Err(error) if ["KeyError", "ValueError"].contains(&error.kind()) => {
                return Ok(Rehearsal::of([Finding::failed(
                    "the rotation is described",
                    told(&error),
                )]));
            }
            plan => plan?,
        };
        let made_up = step.new_password().await?;
        let mut findings = plan.findings_of_calls(&made_up);
        findings.push(plan.finding_of_current().await);
        if findings.iter().all(|finding| finding.outcome == crate::rehearsal::Outcome::Passed) {
            findings.push(plan.finding_of_made_up(&made_up).await);
        }
        findings.push(match plan.recipe.way {
            Way::Set { .. } => {
                Finding::skipped("setSecret", "a web service cannot take a new value back")
            }
            Way::Create(_) => {
                Finding::skipped("createSecret", "the service makes the values, and none was made")
            }
        });
        Ok(Rehearsal::of(findings))
    }
}

impl WebService {
    async fn plan<'a, S: Secrets>(&self, step: &'a Step<'_, S>) -> Result<Plan<'a>, Error> {
        let arn = step.arn();
        let current = document(&step.secrets.value(arn, CURRENT, None).await?, arn)?;
        let master = match current.text("masterarn") {
            Some(of) if current.has(recipe::MEMBER) => {
                return Err(Error::value(format!(
                    "With masterarn, rotation is taken from {of} and cannot stand in {arn}"
                )));
            }
            Some(of) => Some((document(&step.secrets.value(&of, CURRENT, None).await?, &of)?, of)),
            None => None,
        };
        let recipe = match &master {
            Some((master, of)) => Recipe::read(master, of)?,
            None => Recipe::read(&current, arn)?,
        };
        let web = Web::new(&recipe, &self.trust, self.hosts.as_deref())?;
        // A rehearsal belongs to no rotation.
        let token = Some(step.rotation.token.as_str()).filter(|token| !token.is_empty());
        let (token, master) = (token.unwrap_or("rehearsal"), master.map(|(master, _)| master));
        Ok(Plan { arn, token, recipe, current, master, web })
    }
}

impl Plan<'_> {
    fn values(&self) -> Values<'_> {
        Values { master: self.master.as_ref(), token: self.token, ..Values::default() }
    }

    async fn works(&self, this: &Document) -> Result<bool, Error> {
        self.web.works(&self.recipe, &Values { this: Some(this), ..self.values() }).await
    }

    /// The pending version, which may differ from the current one in what a rotation changes, and in
    /// nothing else.
    async fn pending<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Document, Error> {
        let value = step.secrets.value(self.arn, PENDING, Some(self.token)).await?;
        let pending = document(&value, self.arn)?;
        match self.current.differs(&pending, &self.recipe.changed()) {
            None => Ok(pending),
            Some(member) => Err(Error::value(format!(
                "The pending version of secret {} differs from the current one in {member}",
                self.arn
            ))
            .hint("it was made before the secret was changed: abandon the rotation, and rotate")),
        }
    }

    /// A version that the service accepts: the current one; without a master else the one before.
    async fn valid<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Document, Error> {
        if self.works(&self.current).await? {
            return Ok(self.current.clone());
        }
        // How it is talked to is what the current version says.
        let mut left_out = self.recipe.changed();
        left_out.push(recipe::MEMBER);
        if self.master.is_none()
            && let Some(previous) = self.previous(step).await?
            && self.current.differs(&previous, &left_out).is_none()
            && self.works(&previous).await?
        {
            return Ok(previous);
        }
        Err(self.no_valid())
    }

    /// Before a master acts for the secret.
    async fn prove_current(&self) -> Result<(), Error> {
        if self.master.is_some() && !self.works(&self.current).await? {
            return Err(self.no_valid());
        }
        Ok(())
    }

    fn no_valid(&self) -> Error {
        Error::value(format!(
            "The service refuses the previous, current and pending value of secret arn {}",
            self.arn
        ))
        .hint("set the secret to a value that the service accepts, and rotate")
    }

    async fn previous<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Option<Document>, Error> {
        match step.secrets.value(self.arn, PREVIOUS, None).await {
            Ok(value) => Ok(Document::parse(value.reveal())),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn is_another(&self, one: &Document, other: &Document) -> bool {
        self.recipe.changed().iter().any(|member| one.raw(member) != other.raw(member))
    }

    /// Revokes the value before the current one, unless that was done.
    async fn revoke_earlier<S: Secrets>(
        &self,
        revoke: &Call,
        step: &Step<'_, S>,
    ) -> Result<(), Error> {
        let Some(previous) = self.previous(step).await? else { return Ok(()) };
        if !self.is_another(&previous, &self.current) {
            return Ok(());
        }
        match self.works(&previous).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // A version of another make, from before the secret was rotated.
            Err(error) if error.kind() == "KeyError" => return Ok(()),
            Err(error) => return Err(error),
        }
        let values =
            Values { this: Some(&previous), current: Some(&self.current), ..self.values() };
        self.web.demand(revoke, &values).await?;
        tracing::info!("createSecret: Revoked the value before of secret {}.", self.arn);
        Ok(())
    }

    /// Has the service make a new value; gives the version with it.
    async fn issue(&self, issue: &Issue) -> Result<Document, Error> {
        let values = Values { current: Some(&self.current), ..self.values() };
        if let Some(discard) = &issue.discard {
            self.web.demand(discard, &values).await?;
        }
        let answer = self.web.demand(&issue.create, &values).await?;
        let mut pending = self.current.clone();
        for (member, pointer) in &issue.take {
            pending.set_value(member, &answer.take(&issue.create, pointer)?);
        }
        Ok(pending)
    }

    /// A value that could not be stored is of no use to anybody.
    async fn revoke_unkept(&self, revoke: &Call, pending: &Document) {
        let values = Values { this: Some(pending), current: Some(&self.current), ..self.values() };
        if self.web.demand(revoke, &values).await.is_err() {
            tracing::warn!(
                "createSecret: The service has made a value for secret {} that could neither be stored \
                 nor revoked.",
                self.arn
            );
        }
    }

    /// Whether every request can be made, and sent where it goes.
    fn findings_of_calls(&self, made_up: &Sensitive<String>) -> Vec<Finding> {
        let pending = self.with(made_up);
        let values = Values {
            current: Some(&self.current),
            pending: Some(&pending),
            this: Some(&pending),
            ..self.values()
        };
        let look = |call: &&Call| {
            let made = self.web.check(call).and_then(|()| call.render(&values));
            match made {
                Ok(_) => Finding::passed(call.name, call.shown()),
                Err(error) => Finding::failed(call.name, told(&error)),
            }
        };
        self.recipe.calls().iter().map(look).collect()
    }

    async fn finding_of_current(&self) -> Finding {
        const CHECK: &str = "the service accepts the current value";
        match self.works(&self.current).await {
            Ok(true) => Finding::passed(CHECK, self.recipe.test.shown()),
            Ok(false) => Finding::failed(CHECK, "it refuses it"),
            Err(error) => Finding::failed(CHECK, told(&error)),
        }
    }

    /// A test that any value passes tests nothing.
    async fn finding_of_made_up(&self, made_up: &Sensitive<String>) -> Finding {
        const CHECK: &str = "the service refuses a made-up value";
        match self.works(&self.with(made_up)).await {
            Ok(false) => Finding::passed(CHECK, self.recipe.test.shown()),
            Ok(true) => Finding::failed(CHECK, "test of the rotation accepts any value"),
            Err(error) => Finding::failed(CHECK, told(&error)),
        }
    }

    /// The current version with another value in all members that a rotation changes.
    fn with(&self, value: &Sensitive<String>) -> Document {
        let mut document = self.current.clone();
        for member in self.recipe.changed() {
            document.set(member, value.reveal());
        }
        document
    }
}

fn document(value: &Sensitive<String>, arn: &str) -> Result<Document, Error> {
    Document::parse(value.reveal())
        .ok_or_else(|| Error::value(format!("Invalid secret value json for secret {arn}.")))
}

fn told(error: &Error) -> String {
    std::iter::once(error.message().to_owned())
        .chain(error.details())
        .collect::<Vec<_>>()
        .join("; ")
}
