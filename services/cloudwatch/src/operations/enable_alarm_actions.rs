//! EnableAlarmActions: lets alarms act again.

use strongroom_api::{Audit, Authorized, Demands, Operation, Result, Shape};

use crate::find::Several;
use crate::shapes::AlarmNames;
use crate::{Call, Cloudwatch, configure};

/// EnableAlarmActions.
pub struct EnableAlarmActions;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The alarms. AWS does not mind names of none.
    pub alarm_names: AlarmNames,
}

impl Operation for EnableAlarmActions {
    const NAME: &'static str = "EnableAlarmActions";
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
        target.demand("cloudwatch:EnableAlarmActions")
    }

    async fn run(call: &Call<'_>, _: &Input, several: Authorized<Several>) -> Result<()> {
        configure::enable_actions(call, &several, true).await
    }
}
