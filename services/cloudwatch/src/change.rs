//! An alarm becomes something: the one place where states change.

use serde_json::json;
use strongroom_api::{Circumstances, Result};
use strongroom_records::Stored;

use crate::alarm::{Alarm, State, Watched};
use crate::notice::{Notice, Suppressor};
use crate::paths::Home;
use crate::shapes::StateValue;
use crate::{Cloudwatch, error, history, message};

/// A state that an alarm takes.
#[derive(Clone, Debug)]
pub struct Became {
    /// The state.
    pub value: StateValue,
    /// Why, in words.
    pub reason: String,
    /// Why, in JSON.
    pub reason_data: Option<String>,
}

/// AWS's bound.
const MOST_REASON: usize = 1_023;

impl Cloudwatch {
    /// Writes a state of `alarm`, with its history and, if it is another state than before, with its
    /// actions.
    ///
    /// # Errors
    /// A conflict when the alarm is no longer what was read.
    pub(crate) async fn become_state(
        &self,
        circumstances: &Circumstances<'_>,
        alarm: &Stored<Alarm>,
        became: Became,
    ) -> Result<()> {
        let now = circumstances.now;
        let old = &alarm.value;
        let is_transition = old.state.value != became.value;
        let mut new = old.clone();
        new.state = State {
            value: became.value,
            reason: became.reason.chars().take(MOST_REASON).collect(),
            reason_data: became.reason_data,
            updated: now,
            transitioned: if is_transition { now } else { old.state.transitioned },
        };
        let mut changes = self.records.changes();
        changes.replace(alarm, &new).map_err(error::of_record)?;
        let (from, to) = (old.state.value.text(), new.state.value.text());
        let summary = format!("Alarm updated from {from} to {to}");
        let data = state_data(&old.state, &new.state);
        history::add(&mut changes, circumstances, &new, history::STATE, &summary, &data)
            .map_err(error::of_record)?;
        if is_transition && new.actions_enabled {
            for action in new.actions(new.state.value) {
                let notice = notice(&old.state, &new, action);
                let home = Home { account: &new.account, region: &new.region };
                let wait =
                    notice.suppressor.as_ref().map_or(0, |suppressor| suppressor.wait_seconds);
                let due = now.plus_millis(i64::from(wait) * 1_000);
                let key = home.notice(due, &circumstances.ids.next().to_string());
                changes.put(&key, &notice).map_err(error::of_record)?;
            }
        }
        self.records.commit(changes).await.map_err(error::of_record)?;
        Ok(())
    }
}

fn notice(old: &State, alarm: &Alarm, action: &str) -> Notice {
    Notice {
        account: alarm.account.clone(),
        region: alarm.region.clone(),
        alarm: alarm.name.clone(),
        alarm_arn: alarm.arn(),
        action: action.to_owned(),
        subject: message::subject(alarm),
        message: message::message(old, alarm),
        event: message::event(old, alarm),
        changed: alarm.state.updated,
        suppressor: match &alarm.watches {
            Watched::Alarms(composite) => Suppressor::of(composite),
            Watched::Figures(_) => None,
        },
        attempts: 0,
    }
}

fn state_data(old: &State, new: &State) -> String {
    let state = |state: &State| {
        let mut told = json!({"stateValue": state.value.text(), "stateReason": state.reason});
        let data = state.reason_data.as_deref();
        // What SetAlarmState was told may be any JSON.
        if let Some(data) = data.and_then(|data| serde_json::from_str(data).ok()) {
            let data: serde_json::Value = data;
            told["stateReasonData"] = data;
        }
        told
    };
    json!({"version": "1.0", "oldState": state(old), "newState": state(new)}).to_string()
}
