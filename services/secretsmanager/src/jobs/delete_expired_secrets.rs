//! Deletes the secrets whose recovery window has ended, also when nobody was running at that time.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result};
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::paths::{DELETIONS, due_at, owner, secret_key};
use crate::secret::{Found, Secret};
use crate::{SecretsManager, error};

/// The job.
pub struct DeleteExpiredSecrets(pub Arc<SecretsManager>);

/// Secrets deleted in one run.
const BATCH: usize = 100;

impl Job for DeleteExpiredSecrets {
    fn name(&self) -> &'static str {
        "delete_expired_secrets"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        60_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = due_at(DELETIONS, circumstances.now);
            let due = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::storage)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, name) in due.entries {
                let Some((account, region)) = owner(DELETIONS, &entry) else { continue };
                let key = secret_key(account, region, &name);
                match self.delete(circumstances, &entry, &key).await {
                    Ok(deleted) => report.done += u64::from(deleted),
                    // Restored at this very moment; the next run sees what became of it.
                    Err(error) if error.is_conflict() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}

impl DeleteExpiredSecrets {
    async fn delete(
        &self,
        circumstances: &Circumstances<'_>,
        entry: &str,
        key: &str,
    ) -> Result<bool> {
        let secret = self.0.records.get::<Secret>(key).await.map_err(error::storage)?;
        let is_due = |due| due <= circumstances.now;
        let Some(secret) = secret.filter(|secret| secret.deletion.is_some_and(is_due)) else {
            // The entry outlived its secret: a deletion and a restore that crossed.
            self.0.forget_due(entry).await?;
            return Ok(false);
        };
        self.0.destroy(circumstances, &Found(secret)).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Room;

    #[tokio::test]
    async fn a_secret_goes_when_its_window_ends_and_not_before() {
        let room = Room::with_secret("db").await;
        room.call("DeleteSecret", r#"{"SecretId": "db", "RecoveryWindowInDays": 7}"#)
            .await
            .unwrap();
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
