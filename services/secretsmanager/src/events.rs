//! What the service puts on record beside the calls themselves: CloudTrail's service events.

use strongroom_api::{Circumstances, Result, Service, ServiceEvent};

use crate::SecretsManager;
use crate::secret::Secret;

/// A replica is about to be made or brought up to date.
pub const REPLICATION_STARTED: &str = "ReplicationStarted";
/// It is as its primary.
pub const REPLICATION_SUCCEEDED: &str = "ReplicationSucceeded";
/// It could not be made or brought up to date.
pub const REPLICATION_FAILED: &str = "ReplicationFailed";
/// A rotation began.
pub const ROTATION_STARTED: &str = "RotationStarted";
/// It is done.
pub const ROTATION_SUCCEEDED: &str = "RotationSucceeded";
/// An attempt at it failed.
pub const ROTATION_FAILED: &str = "RotationFailed";
/// Another value was put in its place, or it was given up.
pub const ROTATION_ABANDONED: &str = "RotationAbandoned";
/// A test of a rotation began.
pub const TEST_STARTED: &str = "TestRotationStarted";
/// It is done.
pub const TEST_SUCCEEDED: &str = "TestRotationSucceeded";
/// It failed.
pub const TEST_FAILED: &str = "TestRotationFailed";
/// A version goes with its secret when the recovery window ends.
pub const START_VERSION_DELETE: &str = "StartSecretVersionDelete";
/// A version is gone with its secret.
pub const END_VERSION_DELETE: &str = "EndSecretVersionDelete";
/// A version stays: its secret was restored.
pub const CANCEL_VERSION_DELETE: &str = "CancelSecretVersionDelete";
/// A version without labels was cleaned up.
pub const VERSION_DELETION: &str = "SecretVersionDeletion";

/// Puts on record that `name` happened to `secret`; `failure` says why, if it failed.
///
/// # Errors
/// Internal only: the log cannot take it.
pub fn of_secret(
    circumstances: &Circumstances<'_>,
    secret: &Secret,
    name: &str,
    failure: Option<&str>,
) -> Result<()> {
    let event = ServiceEvent {
        source: SecretsManager::FACTS.event_source,
        name,
        account: &secret.account,
        region: &secret.region,
        additional: &[("SecretId", secret.arn())],
        error: failure,
        ..ServiceEvent::default()
    };
    event.record(circumstances)
}

/// Puts on record that `name` happened to the rotation of `secret` that makes the version `token`.
///
/// # Errors
/// Internal only: the log cannot take it.
pub fn of_rotation(
    circumstances: &Circumstances<'_>,
    secret: &Secret,
    token: &str,
    name: &str,
    failure: Option<&str>,
) -> Result<()> {
    let request_id = format!("Rotation-{}-{token}", secret.arn());
    let circumstances = Circumstances { request_id: &request_id, ..*circumstances };
    of_secret(&circumstances, secret, name, failure)
}

/// Puts on record that `name` happened to every version of `secret`, once for each as AWS does.
///
/// # Errors
/// Internal only: the log cannot take it.
pub fn of_versions(circumstances: &Circumstances<'_>, secret: &Secret, name: &str) -> Result<()> {
    repeated(circumstances, secret, name, secret.versions.len())
}

/// Puts `name` on record `times` times.
///
/// # Errors
/// Internal only: the log cannot take it.
pub fn repeated(
    circumstances: &Circumstances<'_>,
    secret: &Secret,
    name: &str,
    times: usize,
) -> Result<()> {
    for _ in 0..times {
        of_secret(circumstances, secret, name, None)?;
    }
    Ok(())
}
