//! One user whose password changes; AWS's `…SingleUser` templates.

use strongroom_wire::Sensitive;

use super::test_login;
use crate::engine::{Change, Engine, Session as _};
use crate::error::Error;
use crate::login::Login;
use crate::rehearsal::{Rehearsal, Stage};
use crate::rotator::{Rotator, Step};
use crate::secrets::Secrets;

/// Changes the password of the secret's user, normally as that user.
pub struct SingleUser<E>(pub E);

impl<E: Engine> Rotator for SingleUser<E> {
    async fn create_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let mut current = step.current(&E::FACTS).await?;
        if step.is_created().await? {
            tracing::info!("createSecret: Successfully retrieved secret for {}.", step.arn());
            return Ok(());
        }
        current.document.set("password", step.new_password().await?.reveal());
        step.put(&current.document.to_json()).await
    }

    async fn set_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let previous = step.previous(&E::FACTS).await?;
        let current = step.current(&E::FACTS).await?;
        let pending = step.pending(&E::FACTS).await?;
        let refused = match self.0.log_in(&pending).await {
            Ok(session) => {
                session.close().await;
                let arn = step.arn();
                tracing::info!(
                    "setSecret: AWSPENDING secret is already set as password for secret arn {arn}."
                );
                return Ok(());
            }
            Err(refused) => refused,
        };
        same_account(&current, &pending, "current")?;
        let unable = Error::value(format!(
            "Unable to log into database with previous, current, or pending secret of secret arn {}",
            step.arn()
        ))
        .refused("pending", &refused);
        let (mut session, valid) = self.enter(current.clone(), previous, &pending, unable).await?;
        if E::FACTS.superuser_may_set && current.master_arn.is_some() {
            session.close().await;
            session = self.enter_as_superuser(step, &current).await?;
        }
        let change =
            Change { user: &pending.username, password: &pending.password, beside: Some(&valid) };
        let set = session.set_password(&change).await;
        session.close().await;
        let (user, arn) = (&pending.username, step.arn());
        set.map_err(|refused| {
            let text = format!("Unable to set the password of user {user} for secret arn {arn}");
            Error::value(text).refused("current", &refused)
        })?;
        tracing::info!(
            "setSecret: Successfully set password for user {user} for secret arn {arn}."
        );
        Ok(())
    }

    async fn test_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        test_login(&self.0, step).await
    }

    async fn rehearse<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Rehearsal, Error> {
        let current = step.current(&E::FACTS).await?;
        let password = step.new_password().await?;
        let mut stage = Stage::new(&self.0, step);
        stage.say("createSecret", Ok("a new password was made".to_owned()));
        let Some(mut session) = stage.log_in("the current version logs in", &current).await else {
            return Ok(stage.close());
        };
        if E::FACTS.superuser_may_set && current.master_arn.is_some() {
            session.close().await;
            let master = step.master(&E::FACTS, &current).await?;
            if !stage.check_host(&current, &master) {
                return Ok(stage.close());
            }
            match stage.log_in("the superuser logs in", &master).await {
                Some(entered) => session = entered,
                None => return Ok(stage.close()),
            }
        }
        let change = Change {
            user: &current.username,
            password: &password,
            beside: Some(&current.password),
        };
        stage.try_password(&mut session, &change).await;
        stage.try_visitor(&mut session, &current, &password).await?;
        session.close().await;
        stage.log_in_and_out("the current version still logs in", &current).await;
        Ok(stage.close())
    }
}

impl<E: Engine> SingleUser<E> {
    /// Logs in with the current version, else with the one before, and says which password worked.
    async fn enter(
        &self,
        current: Login,
        previous: Option<Login>,
        pending: &Login,
        unable: Error,
    ) -> Result<(E::Session, Sensitive<String>), Error> {
        let refused = match self.0.log_in(&current).await {
            Ok(session) => return Ok((session, current.password)),
            Err(refused) => refused,
        };
        let unable = unable.refused("current", &refused);
        let Some(mut previous) = previous else { return Err(unable) };
        // How to connect is what the current version says.
        previous.tls = current.tls;
        same_account(&previous, pending, "previous valid")
            .map_err(|error| error.refused("current", &refused))?;
        match self.0.log_in(&previous).await {
            Ok(session) => Ok((session, previous.password)),
            Err(refused) => Err(unable.refused("previous", &refused)),
        }
    }

    async fn enter_as_superuser<S: Secrets>(
        &self,
        step: &Step<'_, S>,
        current: &Login,
    ) -> Result<E::Session, Error> {
        let master = step.master(&E::FACTS, current).await?;
        same_host(current, &master)?;
        self.0.log_in(&master).await.map_err(|refused| no_superuser(current, &refused))
    }
}

/// The pending version must be about the same user of the same server.
fn same_account(known: &Login, pending: &Login, which: &str) -> Result<(), Error> {
    if known.username != pending.username {
        return Err(Error::value(format!(
            "Attempting to modify user {} other than {which} user {}",
            pending.username, known.username
        )));
    }
    same_target(known, pending, which)
}

/// The pending version must be about the same server.
pub(super) fn same_target(known: &Login, pending: &Login, which: &str) -> Result<(), Error> {
    if known.host != pending.host {
        return Err(Error::value(format!(
            "Attempting to modify user for host {} other than {which} host {}",
            pending.host, known.host
        )));
    }
    Ok(())
}

/// The superuser must be one of the same server: otherwise who can log in on one server could have a
/// password changed on another.
pub(super) fn same_host(current: &Login, master: &Login) -> Result<(), Error> {
    if current.host != master.host {
        return Err(Error::value(format!(
            "Current database host {} is not the same host as/rds replica of master {}",
            current.host, master.host
        )));
    }
    Ok(())
}

pub(super) fn no_superuser(current: &Login, refused: &crate::engine::Refused) -> Error {
    let arn = current.master_arn.as_deref().unwrap_or_default();
    Error::value(format!("Unable to log into database using credentials in master secret {arn}"))
        .refused("master", refused)
}
