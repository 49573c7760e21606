//! DeleteAlarms: deletes alarms. Their history stays as long as history does.

use strongroom_api::{Audit, Authorized, Demands, Operation, Result, Shape};

use crate::find::{Several, home};
use crate::shapes::AlarmNames;
use crate::{Call, Cloudwatch, alarm, configure, error};

/// DeleteAlarms.
pub struct DeleteAlarms;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The alarms.
    pub alarm_names: AlarmNames,
}

const MOST_ATTEMPTS: usize = 64;

impl Operation for DeleteAlarms {
    const NAME: &'static str = "DeleteAlarms";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AlarmNames": ["SecretAccessDenied"]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Several;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Several> {
        Several::of(call, &input.alarm_names.0).await
    }

    fn demands<'t>(_: &'t Input, target: &'t Several) -> Demands<'t> {
        target.demand("cloudwatch:DeleteAlarms")
    }

    async fn run(call: &Call<'_>, _: &Input, several: Authorized<Several>) -> Result<()> {
        let home = home(call);
        for place in &several.places {
            if place.found.is_none() {
                let arn = alarm::arn(home.account, home.region, &place.name);
                return Err(error::no_such_alarm(arn));
            }
            let parents = call.service.parents_of(home, &place.name).await?;
            let goes_too = |parent: &String| several.places.iter().any(|one| one.name == *parent);
            if !parents.iter().all(goes_too) {
                return Err(error::validation(format!(
                    "Cannot delete {} as there are composite alarm(s) depending on it.",
                    place.name
                )));
            }
        }
        for place in &several.places {
            delete(call, &place.name).await?;
        }
        Ok(())
    }
}

/// Deletes one, however often it changes meanwhile: those before it are gone already.
async fn delete(call: &Call<'_>, name: &str) -> Result<()> {
    for _ in 0..MOST_ATTEMPTS {
        let Some(alarm) = call.service.alarm(home(call), name).await? else { return Ok(()) };
        match configure::delete(call, &alarm).await {
            Err(error) if error.is_conflict() => {}
            outcome => return outcome,
        }
    }
    Err(strongroom_api::Error::throttling())
}
