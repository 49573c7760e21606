//! ScheduleKeyDeletion: makes a key unusable and destroys it after a waiting period.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp, Values};

use crate::key::{DAY_MILLIS, Deletion};
use crate::state::{Act, KeyState};
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find, paths};

/// ScheduleKeyDeletion.
pub struct ScheduleKeyDeletion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// The waiting period; 30 days if absent.
    #[shape(range = 1..=365)]
    pub pending_window_in_days: Option<i32>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// When the key will be destroyed; unknown while replicas have to go first.
    pub deletion_date: Option<Timestamp>,
    /// Its state from now on.
    pub key_state: KeyState,
    /// The waiting period.
    pub pending_window_in_days: i32,
}

const DEFAULT_WINDOW_DAYS: i32 = 30;

impl Operation for ScheduleKeyDeletion {
    const NAME: &'static str = "ScheduleKeyDeletion";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PendingWindowInDays": 7}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        let days = input.pending_window_in_days.unwrap_or(DEFAULT_WINDOW_DAYS);
        (key == "kms:schedulekeydeletionpendingwindowindays")
            .then(|| Values::One(days.to_string().into()))
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let window_days = input.pending_window_in_days.unwrap_or(DEFAULT_WINDOW_DAYS);
        check_window(window_days)?;
        subject.check_customer_managed()?;
        subject.check_state(Act::ScheduleDeletion, call.now)?;
        // The waiting period of a primary begins when its last replica is gone.
        let replicas = subject.check_primary().is_ok()
            && subject.multi_region.as_ref().is_some_and(|multi| !multi.replicas.is_empty());
        let end = call.now.plus_millis(i64::from(window_days) * DAY_MILLIS);
        let at = (!replicas).then_some(end);
        let deletion = Some(Deletion { at, window_days });
        let changed = Key { deletion, ..Key::clone(&subject) };
        let mut changes = call.service.records.changes();
        find::put(&mut changes, &subject, &changed)?;
        if let Some(at) = at {
            changes.index(&paths::deletion(at, &subject.path()), "");
        }
        call.service.commit(changes).await?;
        Ok(Output {
            key_id: subject.arn().to_owned(),
            deletion_date: at,
            key_state: changed.state(call.now),
            pending_window_in_days: window_days,
        })
    }
}

/// The model lets 1 to 365 pass; AWS itself takes 7 to 30.
fn check_window(days: i32) -> Result<()> {
    let bound = match days {
        ..7 => "greater than or equal to 7",
        7..=30 => return Ok(()),
        31.. => "less than or equal to 30",
    };
    Err(error::validation(format!(
        "1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy \
         constraint: Member must have value {bound}"
    )))
}
