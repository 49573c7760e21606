//! What a rotator is: the four steps of a rotation, and its rehearsal.

use strongroom_wire::Sensitive;

use crate::engine::Facts;
use crate::error::Error;
use crate::login::Login;
use crate::password::PasswordRules;
use crate::rehearsal::Rehearsal;
use crate::secrets::{Rotation, Secrets};

/// The stage of the version in use.
pub const CURRENT: &str = "AWSCURRENT";
/// The stage of the version that is being made.
pub const PENDING: &str = "AWSPENDING";
/// The stage of the version before the current one.
pub const PREVIOUS: &str = "AWSPREVIOUS";

/// Changes a password in the four steps of Secrets Manager.
///
/// Every step may be called again after it was done, or half done.
#[allow(async_fn_in_trait)] // Rotators run on one thread.
pub trait Rotator {
    /// Stores the new value as the pending version, unless it is there.
    ///
    /// # Errors
    /// In AWS's words.
    async fn create_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error>;

    /// Makes the database take the pending password, unless it does.
    ///
    /// # Errors
    /// In AWS's words.
    async fn set_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error>;

    /// Uses the pending password.
    ///
    /// # Errors
    /// In AWS's words.
    async fn test_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error>;

    /// Makes the pending version the current one, unless it is.
    ///
    /// # Errors
    /// In AWS's words.
    async fn finish_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        step.promote().await
    }

    /// Finds out what a rotation would meet, and leaves the credentials in use alone.
    ///
    /// # Errors
    /// Secrets Manager refuses; whatever the database says is a finding.
    async fn rehearse<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Rehearsal, Error>;
}

/// One step of one rotation, and what it is done with.
pub struct Step<'a, S> {
    /// Secrets Manager.
    pub secrets: &'a S,
    /// Which rotation.
    pub rotation: &'a Rotation,
    /// What a new password is made of.
    pub rules: &'a PasswordRules,
}

impl<S: Secrets> Step<'_, S> {
    /// The secret's ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.rotation.arn
    }

    /// The login of the current version.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub async fn current(&self, facts: &Facts) -> Result<Login, Error> {
        self.login(facts, self.arn(), CURRENT, None).await
    }

    /// The login of the pending version.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub async fn pending(&self, facts: &Facts) -> Result<Login, Error> {
        self.login(facts, self.arn(), PENDING, Some(&self.rotation.token)).await
    }

    /// The login of the version before the current one, if there is a usable one.
    ///
    /// # Errors
    /// Secrets Manager refuses for another reason than that there is none.
    pub async fn previous(&self, facts: &Facts) -> Result<Option<Login>, Error> {
        match self.login(facts, self.arn(), PREVIOUS, None).await {
            Ok(login) => Ok(Some(login)),
            Err(error) if ["ResourceNotFoundException", "KeyError"].contains(&error.kind()) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The login of the superuser.
    ///
    /// # Errors
    /// The secret names none, or it cannot be used.
    pub async fn master(&self, facts: &Facts, current: &Login) -> Result<Login, Error> {
        let arn = current
            .master_arn
            .as_deref()
            .ok_or_else(|| Error::key("masterarn key is missing from secret JSON"))?;
        let mut master = self.login(facts, arn, CURRENT, None).await?;
        // Where an engine needs a database to log in, it is the one that the users have.
        if facts.database.is_some() {
            master.database.clone_from(&current.database);
        }
        Ok(master)
    }

    /// A new password.
    ///
    /// # Errors
    /// Secrets Manager refuses.
    pub async fn new_password(&self) -> Result<Sensitive<String>, Error> {
        Ok(self.secrets.random_password(self.rules).await?)
    }

    /// Whether the pending version has a value already.
    ///
    /// # Errors
    /// Secrets Manager refuses for another reason than that there is none.
    pub async fn is_created(&self) -> Result<bool, Error> {
        let token = Some(self.rotation.token.as_str());
        match self.secrets.value(self.arn(), PENDING, token).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the value of the pending version.
    ///
    /// # Errors
    /// Secrets Manager refuses.
    pub async fn put(&self, value: &Sensitive<String>) -> Result<(), Error> {
        self.secrets.put_pending(self.rotation, value).await?;
        let (arn, version) = (self.arn(), &self.rotation.token);
        tracing::info!(
            "createSecret: Successfully put secret for ARN {arn} and version {version}."
        );
        Ok(())
    }

    /// Moves `AWSCURRENT` to the pending version, unless it is there.
    ///
    /// # Errors
    /// Secrets Manager refuses.
    pub async fn promote(&self) -> Result<(), Error> {
        let (arn, version) = (self.arn(), self.rotation.token.as_str());
        let description = self.secrets.describe(arn).await?;
        let current = description.version_at(CURRENT);
        if current == Some(version) {
            tracing::info!(
                "finishSecret: Version {version} already marked as AWSCURRENT for {arn}"
            );
            return Ok(());
        }
        self.secrets.move_stage(arn, CURRENT, Some(version), current).await?;
        tracing::info!(
            "finishSecret: Successfully set AWSCURRENT stage to version {version} for secret {arn}."
        );
        Ok(())
    }

    async fn login(
        &self,
        facts: &Facts,
        arn: &str,
        stage: &str,
        version: Option<&str>,
    ) -> Result<Login, Error> {
        let value = self.secrets.value(arn, stage, version).await?;
        Login::read(value.reveal(), facts, arn)
    }
}
