//! What time starts.

mod delete_expired_secrets;
mod replicate_secrets;
mod rotate_due_secrets;
mod write_access_notes;

use std::sync::Arc;

use strongroom_api::{Job, LongJob, Result};

pub use delete_expired_secrets::DeleteExpiredSecrets;
pub use replicate_secrets::ReplicateSecrets;
pub use rotate_due_secrets::RotateDueSecrets;
pub use write_access_notes::WriteAccessNotes;

use crate::{SecretsManager, error};

/// The principal that the jobs run as.
pub(crate) const PRINCIPAL: &str = "secretsmanager.amazonaws.com";

/// Every job of `service`.
#[must_use]
pub fn all(service: Arc<SecretsManager>) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(DeleteExpiredSecrets(service.clone())),
        Arc::new(ReplicateSecrets(service.clone())),
        Arc::new(WriteAccessNotes(service)),
    ]
}

/// Every long job of `service`.
#[must_use]
pub fn long(service: Arc<SecretsManager>) -> Vec<Arc<dyn LongJob>> {
    vec![Arc::new(RotateDueSecrets(service))]
}

impl SecretsManager {
    /// Removes an entry of an index of what is due that has outlived what it stands for.
    async fn forget_due(&self, key: &str) -> Result<()> {
        let mut changes = self.records.changes();
        changes.delete(key);
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::all;
    use crate::testing::Room;

    #[tokio::test]
    async fn every_job_has_a_name_of_its_own_and_nothing_to_do_at_first() {
        let room = Room::with_secret("db").await;
        let jobs = all(room.service.clone());
        let names: BTreeSet<&str> = jobs.iter().map(|job| job.name()).collect();
        assert_eq!(names.len(), jobs.len());
        let before = room.stored().await;
        for job in jobs {
            assert!(job.period_millis() > 0);
            assert_eq!(room.run(&*job).await, 0, "{}", job.name());
        }
        assert_eq!(room.stored().await, before);
    }
}
