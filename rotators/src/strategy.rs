//! The ways of changing a password.

pub mod alternating_users;
pub mod password_only;
pub mod single_user;

use crate::engine::{Engine, Session as _};
use crate::error::Error;
use crate::rotator::Step;
use crate::secrets::Secrets;

/// Logs in with the pending version; what all databases do for `testSecret`.
async fn test_login<E: Engine, S: Secrets>(engine: &E, step: &Step<'_, S>) -> Result<(), Error> {
    let pending = step.pending(&E::FACTS).await?;
    let arn = step.arn();
    let unable = || {
        Error::value(format!("Unable to log into database with pending secret of secret ARN {arn}"))
    };
    let mut session =
        engine.log_in(&pending).await.map_err(|refused| unable().refused("pending", &refused))?;
    let probed = session.probe().await;
    session.close().await;
    probed.map_err(|refused| unable().refused("pending", &refused))?;
    tracing::info!(
        "testSecret: Successfully signed into database with AWSPENDING secret in {arn}."
    );
    Ok(())
}
