//! What this server says of itself in CloudWatch: how often each operation was called, and which
//! rotations failed.

use std::sync::Arc;
use std::time::Duration;

use strongroom_cloudwatch::{Cloudwatch, Datum};
use tokio::sync::Mutex;

use crate::calls::{Outcome, Tally};
use crate::clock::Clock;

/// Hands counts of calls to CloudWatch.
pub struct CallMetrics {
    /// The counts.
    pub tally: Arc<Tally>,
    /// Where they go.
    pub cloudwatch: Arc<Cloudwatch>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Held while counts are on their way.
    pub turn: Mutex<()>,
}

/// Soon enough for alarms, which are evaluated a little after a minute has ended.
const PULSE: Duration = Duration::from_secs(2);

impl CallMetrics {
    /// Hands on what is counted, again and again. Never returns.
    pub async fn keep(self: Arc<Self>) {
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pulse.tick().await;
            // By itself, so that what was taken arrives even if this is dropped halfway.
            let own = Arc::clone(&self);
            if let Err(error) = tokio::spawn(async move { own.hand_on().await }).await {
                tracing::error!("handing on counts of calls failed: {error}");
            }
        }
    }

    /// Hands on what is counted now; when it returns, all that was counted before is kept.
    pub async fn hand_on(&self) {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        for [account, region, arn] in self.tally.take_failures() {
            let failed = || Datum::counted("RotationFailed", 1);
            let data = [failed(), failed().dimension("SecretId", &arn)];
            let taken =
                self.cloudwatch.record(&account, &region, "AWS/SecretsManager", &data, now).await;
            if let Err(error) = taken {
                tracing::warn!("a failed rotation was not kept as a metric: {error}");
            }
        }
        for ((account, region), outcomes) in self.tally.calls.take() {
            for (namespace, data) in [
                ("AWS/SecretsManager", calls_of_secrets(&outcomes)),
                ("AWS/Usage", usage(&outcomes)),
            ] {
                if data.is_empty() {
                    continue;
                }
                let taken = self.cloudwatch.record(&account, &region, namespace, &data, now).await;
                if let Err(error) = taken {
                    tracing::warn!("counts of calls were not kept as metrics: {error}");
                }
            }
        }
    }
}

/// `CallCount` of Secrets Manager, in all, by operation, and by operation and error.
fn calls_of_secrets(outcomes: &[Outcome]) -> Vec<Datum> {
    let mut data = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.service == "secretsmanager") {
        let calls = || Datum::counted("CallCount", outcome.count);
        let of_operation = || calls().dimension("Operation", outcome.operation);
        data.push(calls());
        data.push(of_operation());
        if let Some(code) = &outcome.code {
            data.push(of_operation().dimension("ErrorCode", code));
        }
    }
    data
}

/// `CallCount` as AWS keeps it of every service.
fn usage(outcomes: &[Outcome]) -> Vec<Datum> {
    let datum = |outcome: &Outcome| {
        Datum::counted("CallCount", outcome.count)
            .dimension("Type", "API")
            .dimension("Resource", outcome.operation)
            .dimension("Service", title(outcome.service))
            .dimension("Class", "None")
    };
    outcomes.iter().map(datum).collect()
}

/// The service as `AWS/Usage` calls it.
fn title(service: &'static str) -> &'static str {
    match service {
        "secretsmanager" => "Secrets Manager",
        "kms" => "KMS",
        "iam" => "IAM",
        "sts" => "STS",
        "organizations" => "Organizations",
        "monitoring" => "CloudWatch",
        "logs" => "Logs",
        "cloudtrail" => "CloudTrail",
        "sns" => "SNS",
        "lambda" => "Lambda",
        "ssm" => "SSM",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tutorials_metric_is_counted_among_the_others() {
        let outcome = |code: Option<&str>, count| Outcome {
            service: "secretsmanager",
            operation: "GetSecretValue",
            code: code.map(Into::into),
            count,
        };
        let outcomes = [outcome(None, 5), outcome(Some("AccessDeniedException"), 1)];
        assert_eq!(calls_of_secrets(&outcomes).len(), 5);
        assert_eq!(usage(&outcomes).len(), 2);
        let elsewhere = Outcome { service: "kms", ..outcome(None, 1) };
        assert!(calls_of_secrets(&[elsewhere]).is_empty());
    }
}
