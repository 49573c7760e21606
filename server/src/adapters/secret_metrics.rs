//! What this server says of secrets in CloudWatch: how many there are, as AWS does, and how old their
//! values and last reads are.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Job, Report, Result, Timestamp};
use strongroom_cloudwatch::{Cloudwatch, Datum, Unit};
use strongroom_secretsmanager::SecretsManager;
use strongroom_secretsmanager::census::Counted;

use crate::ports::Identities;

/// The job.
pub struct MeasureSecrets {
    /// Whose accounts.
    pub identities: Arc<dyn Identities>,
    /// Whose secrets.
    pub secretsmanager: Arc<SecretsManager>,
    /// Where the figures go.
    pub cloudwatch: Arc<Cloudwatch>,
}

/// The secrets of an account and region that have figures of their own; more would be metrics that
/// nobody looks at.
const MOST_MEASURED: usize = 1_000;
const NAMESPACE: &str = "AWS/SecretsManager";
const DAY_MILLIS: f64 = 86_400_000.0;

impl MeasureSecrets {
    async fn measure(&self, account: &str, region: &str, now: Timestamp) -> Result<u64> {
        let mut count = 0;
        let mut after = None;
        loop {
            let census = self.secretsmanager.census(account, region, after.as_deref()).await?;
            let measured = MOST_MEASURED.saturating_sub(count);
            let of_each = census.secrets.iter().take(measured);
            let data: Vec<_> = of_each.flat_map(|secret| ages(secret, now)).collect();
            self.cloudwatch.record(account, region, NAMESPACE, &data, now).await?;
            count += census.secrets.len();
            after = census.next;
            if after.is_none() {
                break;
            }
        }
        if count > 0 {
            let resources = Datum::new("ResourceCount", count as f64)
                .unit(Unit::Count)
                .dimension("Service", "Secrets Manager")
                .dimension("Type", "Resource")
                .dimension("Resource", "SecretCount")
                .dimension("Class", "None");
            self.cloudwatch.record(account, region, NAMESPACE, &[resources], now).await?;
        }
        Ok(count as u64)
    }
}

fn ages(secret: &Counted, now: Timestamp) -> impl Iterator<Item = Datum> {
    let age = |name: &str, since: Timestamp| {
        let days = (now.millis() - since.millis()).max(0) as f64 / DAY_MILLIS;
        Datum::new(name, days).dimension("SecretId", &secret.arn)
    };
    let rotation = age("DaysSinceLastRotation", secret.value_made);
    let access = secret.accessed.map(|accessed| age("DaysSinceLastAccess", accessed));
    std::iter::once(rotation).chain(access).collect::<Vec<_>>().into_iter()
}

impl Job for MeasureSecrets {
    fn name(&self) -> &'static str {
        "measure_secrets"
    }

    fn principal(&self) -> &'static str {
        "secretsmanager.amazonaws.com"
    }

    fn period_millis(&self) -> i64 {
        3_600_000
    }

    fn run<'a>(&'a self, circumstances: &'a Circumstances<'a>) -> BoxFuture<'a, Result<Report>> {
        Box::pin(async move {
            let mut report = Report::default();
            for account in self.identities.accounts().await? {
                for region in self.secretsmanager.regions(&account).await? {
                    report.done += self.measure(&account, &region, circumstances.now).await?;
                }
            }
            Ok(report)
        })
    }
}
