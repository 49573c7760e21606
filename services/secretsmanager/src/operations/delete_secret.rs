//! DeleteSecret: schedules a secret for deletion, or deletes it at once.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Error, Operation, Reply, ResourceRule, Result, Shape, Target, Timestamp,
    Values,
};

use crate::id::{self, SecretId};
use crate::secret::{Found, Secret};
use crate::{Call, SecretsManager, error, events, write};

/// The operation.
pub struct DeleteSecret;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    recovery_window_in_days: Option<i64>,
    force_delete_without_recovery: Option<bool>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    deletion_date: Timestamp,
}

/// The secret, or what AWS makes up for one that does not exist when deletion is forced.
pub enum Doomed {
    /// It exists.
    Found(Found),
    /// It does not; forcing its deletion succeeds all the same.
    MadeUp(Box<Secret>),
}

impl Doomed {
    fn secret(&self) -> &Secret {
        match self {
            Self::Found(found) => &found.0.value,
            Self::MadeUp(secret) => secret,
        }
    }
}

impl Target for Doomed {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(self.secret())
    }

    fn account(&self) -> &str {
        &self.secret().account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.secret().tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.secret().rule()
    }
}

const DAY_MILLIS: i64 = 86_400_000;
const LONGEST_WINDOW_DAYS: i64 = 30;
const SHORTEST_WINDOW_DAYS: i64 = 7;

impl Operation for DeleteSecret {
    const NAME: &'static str = "DeleteSecret";
    const AUDIT: Audit = Audit::WriteOf(&["ARN", "Name", "DeletionDate"]);
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db", "RecoveryWindowInDays": 7}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Doomed;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Doomed> {
        match call.service.find(call, &input.secret_id).await {
            Ok(found) => Ok(Doomed::Found(found)),
            Err(error) if forced(input) && error.reveals().is_some() => make_up(call, input),
            Err(error) => Err(error),
        }
    }

    fn condition<'v>(
        input: &'v Input,
        secret: Option<&'v Doomed>,
        key: &str,
    ) -> Option<Values<'v>> {
        match key {
            "secretsmanager:recoverywindowindays" => {
                input.recovery_window_in_days.map(|days| Values::One(Cow::Owned(days.to_string())))
            }
            "secretsmanager:forcedeletewithoutrecovery" => {
                input.force_delete_without_recovery.map(write::truth)
            }
            key => secret?.secret().condition(key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Doomed>) -> Result<Output> {
        let window_days = window_days(input)?;
        let found = match secret.into_inner() {
            Doomed::MadeUp(secret) => return Ok(output(&secret, call.now)),
            Doomed::Found(found) => found,
        };
        if found.replication.is_replica() {
            return Err(error::not_on_a_replica());
        }
        let regions: Vec<&str> =
            found.replication.replicas().iter().map(|r| r.region.as_str()).collect();
        if !regions.is_empty() {
            return Err(error::still_has_replicas(found.0.arn(), &regions));
        }
        let Some(days) = window_days else {
            if found.deletion.is_none() {
                events::of_versions(call, &found, events::START_VERSION_DELETE)?;
            }
            call.service.destroy(call, &found).await?;
            return Ok(output(&found, call.now));
        };
        if found.deletion.is_some() {
            return Err(error::already_marked_for_deletion());
        }
        let due = call.now.plus_millis(days * DAY_MILLIS);
        let mut changed = found.0.value.clone();
        changed.deletion = Some(due);
        changed.changed = call.now;
        call.service.save(Some(&found), changed, Vec::new()).await?;
        events::of_versions(call, &found, events::START_VERSION_DELETE)?;
        Ok(output(&found, due))
    }
}

fn forced(input: &Input) -> bool {
    input.force_delete_without_recovery.unwrap_or(false)
}

/// The recovery window; `None` for none.
fn window_days(input: &Input) -> Result<Option<i64>, Error> {
    match input.recovery_window_in_days {
        Some(_) if forced(input) => Err(error::force_with_window()),
        Some(days) if !(SHORTEST_WINDOW_DAYS..=LONGEST_WINDOW_DAYS).contains(&days) => {
            Err(error::recovery_window_out_of_range())
        }
        None if forced(input) => Ok(None),
        days => Ok(Some(days.unwrap_or(LONGEST_WINDOW_DAYS))),
    }
}

/// AWS answers with a made-up ARN.
fn make_up(call: &Call<'_>, input: &Input) -> Result<Doomed> {
    let reference = input.secret_id.resolve(call.caller.account(), call.region)?;
    let mut random = [0; 16];
    call.entropy.fill(&mut random);
    let suffix = reference.suffix.map_or_else(|| id::suffix(random), str::to_owned);
    let secret = Secret::new(reference.account, reference.region, reference.name, suffix, call.now);
    Ok(Doomed::MadeUp(Box::new(secret)))
}

fn output(secret: &Secret, deletion_date: Timestamp) -> Output {
    Output { arn: secret.arn().to_owned(), name: secret.name.clone(), deletion_date }
}

#[cfg(test)]
mod tests;
