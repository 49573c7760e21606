//! Deletes the secrets whose recovery window has ended, also when nobody was running at that time.

use std::sync::Arc;

use strongroom_api::{Result, Timestamp};
use strongroom_store::{Direction, Range};

use crate::SecretsManager;
use crate::error;
use crate::records::{DELETIONS, secret_key};
use crate::secret::{Found, Secret};

/// Secrets deleted in one activation.
const BATCH: usize = 100;

/// The job.
pub struct DeleteExpiredSecrets(pub Arc<SecretsManager>);

impl DeleteExpiredSecrets {
    /// Deletes up to a batch of secrets that are due at `now`. The answer is how many.
    ///
    /// # Errors
    /// Internal only; what is left is found again by the next activation.
    pub async fn run(&self, now: Timestamp) -> Result<usize> {
        let service = &self.0;
        let range = Range::new(DELETIONS, format!("{DELETIONS}{:015}0", now.millis()));
        let due = service.records.scan_index(range, Direction::Forward, BATCH).await;
        let mut deleted = 0;
        for (key, name) in due.map_err(error::storage)?.entries {
            let Some((account, region)) = owner(&key) else { continue };
            let secret = secret_key(account, region, &name);
            match service.records.get::<Secret>(&secret).await.map_err(error::storage)? {
                Some(stored) if stored.deletion.is_some_and(|due| due <= now) => {
                    match service.destroy(&Found(stored)).await {
                        Ok(()) => deleted += 1,
                        // Restored at this very moment; the next activation sees what became of it.
                        Err(error) if error.is_conflict() => {}
                        Err(error) => return Err(error),
                    }
                }
                // The entry outlived its secret: a deletion and a restore that crossed.
                _ => service.forget_due(&key).await?,
            }
        }
        Ok(deleted)
    }
}

impl SecretsManager {
    async fn forget_due(&self, key: &str) -> Result<()> {
        let mut changes = self.records.changes();
        changes.delete(key);
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}

/// Account and region of `due/secretsmanager/deletion/TIME/ACCOUNT/REGION/NAME`.
fn owner(key: &str) -> Option<(&str, &str)> {
    let mut parts = key.strip_prefix(DELETIONS)?.splitn(4, '/').skip(1);
    Some((parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use crate::testing::Room;

    #[tokio::test]
    async fn a_secret_goes_when_its_window_ends_and_not_before() {
        let room = Room::with_secret("db").await;
        room.call("DeleteSecret", r#"{"SecretId": "db", "RecoveryWindowInDays": 7}"#).await.unwrap();
        room.stage.advance_days(7);
        room.stage.advance_millis(-1);
        assert_eq!(room.delete_expired().await, 0);
        room.call("DescribeSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        room.stage.advance_millis(1);
        assert_eq!(room.delete_expired().await, 1);
        let refusal = room.call("DescribeSecret", r#"{"SecretId": "db"}"#).await.unwrap_err();
        assert_eq!(refusal.code, "ResourceNotFoundException");
        assert_eq!(room.stored_keys().await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_restored_secret_stays() {
        let room = Room::with_secret("db").await;
        room.call("DeleteSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        room.call("RestoreSecret", r#"{"SecretId": "db"}"#).await.unwrap();
        room.stage.advance_days(31);
        assert_eq!(room.delete_expired().await, 0);
        room.call("GetSecretValue", r#"{"SecretId": "db"}"#).await.unwrap();
    }
}
