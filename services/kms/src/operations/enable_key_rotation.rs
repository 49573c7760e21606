//! EnableKeyRotation: has a key rotated by itself, once a year or as often as asked.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::key::{DEFAULT_ROTATION_DAYS, Rotation};
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, find, rotation};

/// EnableKeyRotation.
pub struct EnableKeyRotation;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// The days between rotations; 365 if absent.
    #[shape(range = 90..=2560)]
    pub rotation_period_in_days: Option<i32>,
}

impl Operation for EnableKeyRotation {
    const NAME: &'static str = "EnableKeyRotation";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "RotationPeriodInDays": 365}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        let days = input.rotation_period_in_days?;
        (key == "kms:rotationperiodindays").then(|| Values::One(days.to_string().into()))
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<()> {
        subject.check_customer_managed()?;
        rotation::check_automatic(&subject)?;
        subject.check_state(Act::Use, call.now)?;
        let days = input.rotation_period_in_days.unwrap_or(DEFAULT_ROTATION_DAYS);
        if subject.rotation.is_some_and(|rotation| rotation.period_days == days) {
            return Ok(());
        }
        let rotation = Some(Rotation::from(call.now, days));
        let changed = Key { rotation, ..Key::clone(&subject) };
        let mut changes = call.service.records.changes();
        rotation::unlist(&mut changes, &subject);
        rotation::list(&mut changes, &changed);
        let shared = changed.rotation;
        call.service.share(&mut changes, &changed, |key| key.rotation = shared).await?;
        find::put(&mut changes, &subject, &changed)?;
        call.service.commit(changes).await
    }
}
