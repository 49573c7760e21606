//! SetAlarmState: puts an alarm into a state, to try out what it does. The next evaluation may put it
//! back.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::change::Became;
use crate::find::Found;
use crate::shapes::{AlarmName, StateReason, StateValue};
use crate::{Call, Cloudwatch, error};

/// SetAlarmState.
pub struct SetAlarmState;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The alarm.
    pub alarm_name: AlarmName,
    /// The state.
    pub state_value: StateValue,
    /// Why, in words.
    pub state_reason: StateReason,
    /// Why, in JSON.
    #[shape(length = 0..=4000)]
    pub state_reason_data: Option<String>,
}

impl Operation for SetAlarmState {
    const NAME: &'static str = "SetAlarmState";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"AlarmName": "SecretAccessDenied", "StateValue": "ALARM", "StateReason": "a drill"}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        Found::of(call, &input.alarm_name.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<()> {
        let data = input.state_reason_data.as_ref().filter(|data| !data.is_empty());
        if data.is_some_and(|data| serde_json::from_str::<serde::de::IgnoredAny>(data).is_err()) {
            return Err(error::invalid_format("StateReasonData is not valid JSON"));
        }
        let became = Became {
            value: input.state_value,
            reason: input.state_reason.0.clone(),
            reason_data: data.cloned(),
        };
        call.service.become_state(call.circumstances(), &found.0, became).await
    }
}
