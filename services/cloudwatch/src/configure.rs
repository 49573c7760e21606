//! What creating, changing and deleting alarms have in common.

use std::collections::BTreeMap;

use serde_json::json;
use strongroom_api::Result;
use strongroom_records::Stored;

use crate::alarm::{self, Alarm, State, Watched};
use crate::find::{Place, Several, home};
use crate::rule::Rule;
use crate::shapes::{Actions, Tag, add_tags};
use crate::{Call, error, history};

/// What PutMetricAlarm and PutCompositeAlarm say alike.
pub struct Configured<'i> {
    /// The name.
    pub name: &'i str,
    /// What it is for.
    pub description: Option<&'i str>,
    /// Whether it acts; it does if absent.
    pub actions_enabled: Option<bool>,
    /// What it does when it becomes OK.
    pub ok_actions: Option<&'i Actions>,
    /// What it does when it goes off.
    pub alarm_actions: Option<&'i Actions>,
    /// What it does when data are missing.
    pub insufficient_data_actions: Option<&'i Actions>,
    /// Its tags, if it is new.
    pub tags: Option<&'i Vec<Tag>>,
    /// What it watches.
    pub watches: Watched,
}

impl Configured<'_> {
    /// Writes the alarm: a new one, or in the place of one that keeps its state and tags.
    ///
    /// # Errors
    /// ValidationError for an action that is no ARN.
    pub async fn write(self, call: &Call<'_>, place: &Place) -> Result<()> {
        let home = home(call);
        let (state, tags) = match &place.found {
            Some(found) => (found.state.clone(), found.tags.clone()),
            None => {
                let mut tags = BTreeMap::new();
                add_tags(&mut tags, self.tags.map(|tags| &tags[..]).unwrap_or_default())?;
                (State::unchecked(call.now), tags)
            }
        };
        let alarm = Alarm {
            account: home.account.to_owned(),
            region: home.region.to_owned(),
            name: self.name.to_owned(),
            description: self.description.map(str::to_owned),
            actions_enabled: self.actions_enabled.unwrap_or(true),
            ok_actions: actions(self.ok_actions)?,
            alarm_actions: actions(self.alarm_actions)?,
            insufficient_data_actions: actions(self.insufficient_data_actions)?,
            configured: call.now,
            watches: self.watches,
            state,
            tags,
        };
        let key = home.alarm(&alarm.name);
        let mut changes = call.service.records.changes();
        match &place.found {
            Some(found) => changes.replace(found, &alarm),
            None => changes.create(&key, &alarm),
        }
        .map_err(error::of_record)?;
        changes.index(&home.due_alarm(&alarm.name), &key);
        let (kind, word) = match place.found {
            Some(_) => ("Update", "updated"),
            None => ("Create", "created"),
        };
        let summary = format!("Alarm \"{}\" {word}", alarm.name);
        let data = configuration(kind, &alarm);
        history::add(
            &mut changes,
            call.circumstances(),
            &alarm,
            history::CONFIGURATION,
            &summary,
            &data,
        )
        .map_err(error::of_record)?;
        call.service.records.commit(changes).await.map_err(error::of_record)?;
        Ok(())
    }
}

/// Deletes an alarm; its history stays.
///
/// # Errors
/// A conflict when the alarm is no longer what was read.
pub async fn delete(call: &Call<'_>, alarm: &Stored<Alarm>) -> Result<()> {
    let mut changes = call.service.records.changes();
    changes.remove(alarm);
    changes.delete(&home(call).due_alarm(&alarm.name));
    let summary = format!("Alarm \"{}\" deleted", alarm.name);
    let data = configuration("Delete", alarm);
    history::add(
        &mut changes,
        call.circumstances(),
        alarm,
        history::CONFIGURATION,
        &summary,
        &data,
    )
    .map_err(error::of_record)?;
    call.service.records.commit(changes).await.map_err(error::of_record)?;
    Ok(())
}

/// The alarms that a rule names, which must be there.
///
/// # Errors
/// ValidationError.
pub async fn check_rule(call: &Call<'_>, rule: &str) -> Result<()> {
    let read = Rule::parse(rule)
        .map_err(|malformed| error::validation(format!("AlarmRule is malformed: {malformed}")))?;
    let home = home(call);
    let mut missing = Vec::new();
    for named in read.alarms() {
        let name = alarm::name_in(named, home.account, home.region);
        if call.service.alarm(home, name).await?.is_none() {
            missing.push(name.to_owned());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(error::validation(format!(
        "Could not save the composite alarm as alarms [{}] in the alarm rule do not exist",
        missing.join(", ")
    )))
}

/// The ARNs, each of which must look like one that an alarm can act on.
fn actions(actions: Option<&Actions>) -> Result<Vec<String>> {
    let actions = actions.map(|actions| &actions.0[..]).unwrap_or_default();
    actions
        .iter()
        .map(|action| {
            let parts: Vec<_> = action.0.splitn(6, ':').collect();
            let is_arn = matches!(parts[..], ["arn", partition, service, _, _, resource]
                if partition.starts_with("aws") && !service.is_empty() && !resource.is_empty());
            match is_arn {
                true => Ok(action.0.clone()),
                false => Err(error::validation(format!("Invalid arn syntax: {}", action.0))),
            }
        })
        .collect()
}

fn configuration(kind: &str, alarm: &Alarm) -> String {
    let named = match kind {
        "Create" => "createdAlarm",
        "Update" => "updatedAlarm",
        _ => "deletedAlarm",
    };
    let mut told = json!({
        "alarmName": alarm.name,
        "alarmArn": alarm.arn(),
        "description": alarm.description,
        "actionsEnabled": alarm.actions_enabled,
        "okActions": alarm.ok_actions,
        "alarmActions": alarm.alarm_actions,
        "insufficientDataActions": alarm.insufficient_data_actions,
        "alarmConfigurationUpdatedTimestamp": crate::labels::long(alarm.configured),
    });
    match &alarm.watches {
        Watched::Alarms(composite) => told["alarmRule"] = composite.rule.as_str().into(),
        Watched::Figures(watched) => {
            told["evaluationPeriods"] = watched.evaluation_periods.into();
            told["datapointsToAlarm"] = watched.datapoints_to_alarm.into();
            told["threshold"] = watched.threshold.into();
            told["comparisonOperator"] = json!(watched.comparison);
            told["treatMissingData"] = json!(watched.treat_missing_data);
        }
    }
    json!({"version": "1.0", "type": kind, named: told}).to_string()
}

/// Lets alarms act, or keeps them from it. Those that are not there do not matter.
///
/// # Errors
/// A conflict when an alarm is no longer what was read; some may have been changed.
pub async fn enable_actions(call: &Call<'_>, several: &Several, enabled: bool) -> Result<()> {
    let found = several.places.iter().filter_map(|place| place.found.as_ref());
    for alarm in found.filter(|alarm| alarm.actions_enabled != enabled) {
        let changed =
            Alarm { actions_enabled: enabled, configured: call.now, ..alarm.value.clone() };
        let mut changes = call.service.records.changes();
        changes.replace(alarm, &changed).map_err(error::of_record)?;
        let summary = format!("Alarm \"{}\" updated", alarm.name);
        let data = configuration("Update", &changed);
        let what = history::CONFIGURATION;
        history::add(&mut changes, call.circumstances(), &changed, what, &summary, &data)
            .map_err(error::of_record)?;
        call.service.records.commit(changes).await.map_err(error::of_record)?;
    }
    Ok(())
}
