//! PutCompositeAlarm: creates or changes an alarm over other alarms.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Values};

use crate::alarm::{self, Composite, Watched};
use crate::configure::{Configured, check_rule};
use crate::find::{Place, home};
use crate::shapes::{
    Actions, AlarmArn, AlarmDescription, AlarmName, NotOffered, Tag, tag_condition,
};
use crate::{Call, Cloudwatch, error};

/// PutCompositeAlarm.
pub struct PutCompositeAlarm;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Whether it acts; it does if absent.
    pub actions_enabled: Option<bool>,
    /// What it does when it goes off.
    pub alarm_actions: Option<Actions>,
    /// What it is for.
    pub alarm_description: Option<AlarmDescription>,
    /// The name.
    pub alarm_name: AlarmName,
    /// When it goes off.
    #[shape(length = 1..=10240)]
    pub alarm_rule: String,
    /// What it does when data are missing.
    pub insufficient_data_actions: Option<Actions>,
    /// What it does when it becomes OK.
    #[shape(name = "OKActions")]
    pub ok_actions: Option<Actions>,
    /// Tags, if the alarm is new.
    pub tags: Option<Vec<Tag>>,
    /// The alarm that keeps this one silent while it is in alarm.
    pub actions_suppressor: Option<AlarmArn>,
    /// How many seconds to wait for it.
    pub actions_suppressor_wait_period: Option<i32>,
    /// How many seconds to stay silent after it.
    pub actions_suppressor_extension_period: Option<i32>,
    /// What actions are told.
    pub action_configuration: Option<NotOffered>,
}

impl Operation for PutCompositeAlarm {
    const NAME: &'static str = "PutCompositeAlarm";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AlarmName": "SomethingIsWrong", "AlarmRule": "NOT FALSE"}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Place;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Place> {
        Place::of(call, &input.alarm_name.0).await
    }

    fn demands<'t>(input: &'t Input, target: &'t Place) -> Demands<'t> {
        let tagging = input.tags.as_ref().filter(|tags| !tags.is_empty());
        let tagging = tagging.map(|_| Demand::of("cloudwatch:TagResource", target));
        std::iter::once(Demand::own::<Self>(target)).chain(tagging).collect()
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Place>, key: &str) -> Option<Values<'v>> {
        tag_condition(input.tags.as_ref(), key)
    }

    async fn run(call: &Call<'_>, input: &Input, place: Authorized<Place>) -> Result<()> {
        if input.action_configuration.is_some() {
            return Err(error::not_offered("ActionConfiguration"));
        }
        check_rule(call, &input.alarm_rule).await?;
        check_suppressor(call, input).await?;
        let configured = Configured {
            name: &input.alarm_name.0,
            description: input.alarm_description.as_ref().map(|text| text.0.as_str()),
            actions_enabled: input.actions_enabled,
            ok_actions: input.ok_actions.as_ref(),
            alarm_actions: input.alarm_actions.as_ref(),
            insufficient_data_actions: input.insufficient_data_actions.as_ref(),
            tags: input.tags.as_ref(),
            watches: Watched::Alarms(Composite {
                rule: input.alarm_rule.clone(),
                suppressor: input.actions_suppressor.as_ref().map(|arn| arn.0.clone()),
                wait_seconds: input.actions_suppressor_wait_period,
                extension_seconds: input.actions_suppressor_extension_period,
            }),
        };
        configured.write(call, &place).await
    }
}

async fn check_suppressor(call: &Call<'_>, input: &Input) -> Result<()> {
    let periods = [input.actions_suppressor_wait_period, input.actions_suppressor_extension_period];
    let Some(suppressor) = &input.actions_suppressor else {
        if periods.iter().any(Option::is_some) {
            return Err(error::validation(
                "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod need an \
                 ActionsSuppressor",
            ));
        }
        return Ok(());
    };
    let days = 0..=86_400;
    let [Some(wait), Some(extension)] = periods else {
        return Err(error::validation(
            "ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required when \
             ActionsSuppressor is specified",
        ));
    };
    if !days.contains(&wait) || !days.contains(&extension) {
        return Err(error::validation("The periods of a suppressor are 0 to 86400 seconds"));
    }
    let home = home(call);
    let name = alarm::name_in(&suppressor.0, home.account, home.region);
    if call.service.alarm(home, name).await?.is_none() {
        return Err(error::validation(format!(
            "Could not save the composite alarm as the actions suppressor [{name}] does not exist"
        )));
    }
    Ok(())
}
