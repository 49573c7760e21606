//! Brings replicas up to date whose primary's last change was not followed by that: the process died in
//! between, or the store or KMS had a bad moment.
//!
//! The job has nobody's rights. It opens and seals values as the service's own principal in the secret's
//! account: the default keys serve it, and so does a customer key whose policy lets
//! `secretsmanager.amazonaws.com` use it. Any other key refuses, and the replica then says `Failed` until
//! the next change of the primary, which its caller propagates with rights of their own.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Caller, Circumstances, Job, Report, Result};
use strongroom_store::Direction;

use super::PRINCIPAL;
use crate::paths::{REPLICATIONS, due_at, owner, secret_key};
use crate::secret::Secret;
use crate::{Call, SecretsManager, error, replicate};

/// The job.
pub struct ReplicateSecrets(pub Arc<SecretsManager>);

/// Secrets looked after in one run.
const BATCH: usize = 50;

impl Job for ReplicateSecrets {
    fn name(&self) -> &'static str {
        "replicate_secrets"
    }

    fn principal(&self) -> &'static str {
        PRINCIPAL
    }

    fn period_millis(&self) -> i64 {
        5_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let range = due_at(REPLICATIONS, circumstances.now);
            let due = self.0.records.scan_index(range, Direction::Forward, BATCH).await;
            let due = due.map_err(error::storage)?;
            let mut report = Report { done: 0, more: due.more };
            for (entry, name) in due.entries {
                let Some((account, region)) = owner(REPLICATIONS, &entry) else { continue };
                report.done += u64::from(
                    self.look_after(circumstances, &entry, account, region, &name).await?,
                );
            }
            Ok(report)
        })
    }
}

impl ReplicateSecrets {
    /// The answer is whether there was something to do.
    async fn look_after(
        &self,
        circumstances: &Circumstances<'_>,
        entry: &str,
        account: &str,
        region: &str,
        name: &str,
    ) -> Result<bool> {
        let service = &*self.0;
        let key = secret_key(account, region, name);
        let secret = service.records.get::<Secret>(&key).await.map_err(error::storage)?;
        if secret.is_none_or(|secret| secret.replication_due.is_none()) {
            service.forget_due(entry).await?;
            return Ok(false);
        }
        let caller = Caller::service(account, PRINCIPAL);
        let circumstances = Circumstances { caller: &caller, region, ..*circumstances };
        replicate::bring_up_to_date(&Call::new(service, &circumstances), &key).await?;
        Ok(true)
    }
}
