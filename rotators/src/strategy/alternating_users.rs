//! Two users that take turns; AWS's `…MultiUser` templates.

use super::single_user::{no_superuser, same_host, same_target};
use super::test_login;
use crate::engine::{Change, Clones, Engine, Session as _};
use crate::error::Error;
use crate::login::Login;
use crate::rehearsal::{Rehearsal, Stage};
use crate::rotator::{Rotator, Step};
use crate::secrets::Secrets;

/// What the second user is called.
const CLONE: &str = "_clone";

/// Lets the secret's user and its clone take turns, as a superuser.
pub struct AlternatingUsers<E> {
    /// The database.
    pub engine: E,
    /// How many bytes a user's name may have there.
    pub longest_username: usize,
}

impl<E: Engine<Session: Clones>> Rotator for AlternatingUsers<E> {
    async fn create_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let mut current = step.current(&E::FACTS).await?;
        if step.is_created().await? {
            tracing::info!("createSecret: Successfully retrieved secret for {}.", step.arn());
            return Ok(());
        }
        let other = self.other(&current.username)?;
        current.document.set("username", &other);
        current.document.set("password", step.new_password().await?.reveal());
        step.put(&current.document.to_json()).await
    }

    async fn set_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let current = step.current(&E::FACTS).await?;
        let pending = step.pending(&E::FACTS).await?;
        let arn = step.arn();
        if let Ok(session) = self.engine.log_in(&pending).await {
            session.close().await;
            tracing::info!(
                "setSecret: AWSPENDING secret is already set as password for secret arn {arn}."
            );
            return Ok(());
        }
        self.same_pair(&current, &pending)?;
        same_target(&current, &pending, "current")?;
        // Only who can log in now may have the superuser act: otherwise whoever writes the secret
        // could have any user's password changed.
        let entered = self.engine.log_in(&current).await.map_err(|refused| {
            let text =
                format!("Unable to log into database using current credentials for secret {arn}");
            Error::value(text).refused("current", &refused)
        })?;
        entered.close().await;
        let master = step.master(&E::FACTS, &current).await?;
        same_host(&current, &master)?;
        let mut session = self
            .engine
            .log_in(&master)
            .await
            .map_err(|refused| no_superuser(&current, &refused))?;
        let change = Change { user: &pending.username, password: &pending.password, beside: None };
        let provided = session.provide_user(&current.username, &change).await;
        session.close().await;
        let user = &pending.username;
        provided.map_err(|refused| {
            let text = format!("Unable to set the password of user {user} for secret arn {arn}");
            Error::value(text).refused("master", &refused)
        })?;
        tracing::info!("setSecret: Successfully set password for {user} for secret arn {arn}.");
        Ok(())
    }

    async fn test_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        test_login(&self.engine, step).await
    }

    async fn rehearse<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Rehearsal, Error> {
        let current = step.current(&E::FACTS).await?;
        let password = step.new_password().await?;
        let mut stage = Stage::new(&self.engine, step);
        let next = self.other(&current.username);
        stage.say(
            "createSecret",
            next.map(|user| format!("the next user is {user}, with a new password"))
                .map_err(|error| error.message().to_owned()),
        );
        if !stage.log_in_and_out("the current version logs in", &current).await {
            return Ok(stage.close());
        }
        let master = step.master(&E::FACTS, &current).await?;
        if !stage.check_host(&current, &master) {
            return Ok(stage.close());
        }
        if let Some(mut session) = stage.log_in("the superuser logs in", &master).await {
            stage.try_visitor(&mut session, &current, &password).await?;
            session.close().await;
        }
        Ok(stage.close())
    }
}

impl<E: Engine> AlternatingUsers<E> {
    /// The user whose turn is next.
    fn other(&self, user: &str) -> Result<String, Error> {
        if let Some(original) = user.strip_suffix(CLONE) {
            return Ok(original.to_owned());
        }
        let clone = format!("{user}{CLONE}");
        let longest = self.longest_username;
        if clone.len() > longest {
            return Err(Error::value(format!(
                "Unable to clone user, username length with {CLONE} appended would exceed {longest} \
                 characters"
            )));
        }
        Ok(clone)
    }

    fn same_pair(&self, current: &Login, pending: &Login) -> Result<(), Error> {
        if self.other(&current.username)? != pending.username {
            return Err(Error::value(format!(
                "Attempting to modify user {} other than current user or clone {}",
                pending.username, current.username
            )));
        }
        Ok(())
    }
}
