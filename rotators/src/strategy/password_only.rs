//! A password that no database knows; AWS's `SecretsManagerRotationTemplate` with its gaps filled.

use strongroom_wire::Sensitive;

use crate::document::Document;
use crate::error::Error;
use crate::rehearsal::{Finding, Rehearsal};
use crate::rotator::{CURRENT, PENDING, Rotator, Step};
use crate::secrets::Secrets;

/// Replaces the password in a secret: `password` of a JSON object, or all of another text.
pub struct PasswordOnly;

impl Rotator for PasswordOnly {
    async fn create_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let current = step.secrets.value(step.arn(), CURRENT, None).await?;
        if step.is_created().await? {
            tracing::info!("createSecret: Successfully retrieved secret for {}.", step.arn());
            return Ok(());
        }
        let password = step.new_password().await?;
        step.put(&replaced(&current, &password)).await
    }

    async fn set_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        tracing::info!("setSecret: No database to set the password of {} in.", step.arn());
        Ok(())
    }

    async fn test_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        let token = Some(step.rotation.token.as_str());
        let pending = step.secrets.value(step.arn(), PENDING, token).await?;
        let current = step.secrets.value(step.arn(), CURRENT, None).await?;
        // A rotation's test may come alone, with a copy of the current value: that one is fine too.
        if pending.reveal().is_empty() && !current.reveal().is_empty() {
            let arn = step.arn();
            return Err(Error::value(format!("The pending value of secret {arn} is empty")));
        }
        Ok(())
    }

    async fn finish_secret<S: Secrets>(&self, step: &Step<'_, S>) -> Result<(), Error> {
        step.promote().await?;
        // As this template does, and no other.
        let token = step.rotation.token.as_str();
        Ok(step.secrets.move_stage(step.arn(), PENDING, None, Some(token)).await?)
    }

    async fn rehearse<S: Secrets>(&self, step: &Step<'_, S>) -> Result<Rehearsal, Error> {
        step.secrets.value(step.arn(), CURRENT, None).await?;
        step.new_password().await?;
        let made = Finding::passed("createSecret", "a new password was made");
        Ok(Rehearsal::of([made, Finding::skipped("setSecret", "no database knows the password")]))
    }
}

fn replaced(current: &Sensitive<String>, password: &Sensitive<String>) -> Sensitive<String> {
    match Document::parse(current.reveal()) {
        Some(mut document) => {
            document.set("password", password.reveal());
            document.to_json()
        }
        None => password.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_of_an_object_is_replaced() {
        let new = Sensitive::new("new".to_owned());
        let object = Sensitive::new(r#"{"user":"u","password":"old"}"#.to_owned());
        assert_eq!(replaced(&object, &new).reveal(), r#"{"user": "u", "password": "new"}"#);
        let text = Sensitive::new("old".to_owned());
        assert_eq!(replaced(&text, &new).reveal(), "new");
    }
}
