//! DescribeAlarms: lists alarms.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::alarm::{self, Alarm, Watched};
use crate::alarm_view::{CompositeAlarm, MetricAlarm};
use crate::find::{Alarms, home};
use crate::rule::Rule;
use crate::shapes::{AlarmName, AlarmNames, AlarmType, MaxRecords, StateValue};
use crate::{Call, Cloudwatch, error, page};

/// DescribeAlarms.
pub struct DescribeAlarms;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// These alarms,
    pub alarm_names: Option<AlarmNames>,
    /// or those whose names begin so.
    #[shape(length = 1..=255)]
    pub alarm_name_prefix: Option<String>,
    /// Of these kinds; only alarms over figures if absent.
    pub alarm_types: Option<Vec<AlarmType>>,
    /// The alarms that this one's rule names.
    pub children_of_alarm_name: Option<AlarmName>,
    /// The alarms whose rules name this one.
    pub parents_of_alarm_name: Option<AlarmName>,
    /// In this state.
    pub state_value: Option<StateValue>,
    /// With an action whose ARN begins so.
    #[shape(length = 1..=1024)]
    pub action_prefix: Option<String>,
    /// How many entries a page may have; 50 if absent.
    pub max_records: Option<MaxRecords>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// Alarms over other alarms.
    pub composite_alarms: Vec<CompositeAlarm>,
    /// Alarms over figures.
    pub metric_alarms: Vec<MetricAlarm>,
    /// Where to go on.
    pub next_token: Option<String>,
}

const USUAL: usize = 50;
const PAGE: usize = 200;

impl Operation for DescribeAlarms {
    const NAME: &'static str = "DescribeAlarms";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"AlarmNamePrefix": "Secret", "StateValue": "ALARM", "MaxRecords": 10}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Alarms;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Alarms> {
        Ok(Alarms::of(call))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Alarms>) -> Result<Output> {
        if input.alarm_names.is_some() && input.alarm_name_prefix.is_some() {
            return Err(error::validation(
                "AlarmNames and AlarmNamePrefix cannot be specified together",
            ));
        }
        let mut output =
            Output { composite_alarms: Vec::new(), metric_alarms: Vec::new(), next_token: None };
        let most = input.max_records.map_or(USUAL, |most| usize::try_from(most.0).unwrap_or(1));
        if let Some(names) = named(call, input).await? {
            for name in names {
                if let Some(found) = call.service.alarm(home(call), &name).await?
                    && wanted(input, &found)
                {
                    output.add(&found);
                }
            }
            return Ok(output);
        }
        let prefix = input.alarm_name_prefix.as_deref().unwrap_or_default();
        let range = home(call).alarms(prefix);
        let mut rest = match page::key(&range, input.next_token.as_ref())? {
            Some(key) => range.after(&key),
            None => range.clone(),
        };
        let mut count = 0;
        let mut last = String::new();
        loop {
            let found = call.service.records.scan::<Alarm>(rest, Direction::Forward, PAGE);
            let found = found.await.map_err(error::of_record)?;
            for alarm in found.records.iter().filter(|alarm| wanted(input, alarm)) {
                if count == most {
                    output.next_token = Some(page::token(&range, &last));
                    return Ok(output);
                }
                output.add(alarm);
                last.clone_from(&alarm.key);
                count += 1;
            }
            match found.records.last() {
                Some(behind) if found.more => rest = range.after(&behind.key),
                _ => return Ok(output),
            }
        }
    }
}

/// The names that the request is about, if it is about names.
async fn named(call: &Call<'_>, input: &Input) -> Result<Option<Vec<String>>> {
    if let Some(names) = &input.alarm_names {
        return Ok(Some(names.0.iter().map(|name| name.0.clone()).collect()));
    }
    let home = home(call);
    if let Some(parent) = &input.children_of_alarm_name {
        let found = call.service.alarm(home, &parent.0).await?;
        let Some(Watched::Alarms(composite)) = found.map(|found| found.watches.clone()) else {
            return Ok(Some(Vec::new()));
        };
        let Ok(rule) = Rule::parse(&composite.rule) else { return Ok(Some(Vec::new())) };
        let plain = |named: &str| alarm::name_in(named, home.account, home.region).to_owned();
        return Ok(Some(rule.alarms().into_iter().map(plain).collect()));
    }
    match &input.parents_of_alarm_name {
        Some(child) => call.service.parents_of(home, &child.0).await.map(Some),
        None => Ok(None),
    }
}

fn wanted(input: &Input, alarm: &Alarm) -> bool {
    let related = input.children_of_alarm_name.is_some() || input.parents_of_alarm_name.is_some();
    let kind = match &input.alarm_types {
        Some(kinds) => kinds.contains(&alarm.kind()),
        None => related || alarm.kind() == AlarmType::MetricAlarm,
    };
    let state = input.state_value.is_none_or(|state| alarm.state.value == state);
    let action = input.action_prefix.as_ref().is_none_or(|prefix| {
        let lists = [&alarm.ok_actions, &alarm.alarm_actions, &alarm.insufficient_data_actions];
        lists.into_iter().flatten().any(|action| action.starts_with(prefix))
    });
    kind && state && action
}

impl Output {
    fn add(&mut self, alarm: &Alarm) {
        match &alarm.watches {
            Watched::Figures(watched) => self.metric_alarms.push(MetricAlarm::of(alarm, watched)),
            Watched::Alarms(watched) => {
                self.composite_alarms.push(CompositeAlarm::of(alarm, watched));
            }
        }
    }
}
