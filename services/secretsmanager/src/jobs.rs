//! What time starts.

mod delete_expired_secrets;
mod replicate_secrets;
mod write_access_notes;

use std::sync::Arc;

use strongroom_api::{Job, Result};

pub use delete_expired_secrets::DeleteExpiredSecrets;
pub use replicate_secrets::ReplicateSecrets;
pub use write_access_notes::WriteAccessNotes;

use crate::{SecretsManager, error};

/// The principal that the jobs run as.
const PRINCIPAL: &str = "secretsmanager.amazonaws.com";

/// Every job of `service`.
#[must_use]
pub fn all(service: &Arc<SecretsManager>) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(DeleteExpiredSecrets(service.clone())),
        Arc::new(ReplicateSecrets(service.clone())),
        Arc::new(WriteAccessNotes(service.clone())),
    ]
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
