//! Evaluates an alarm over other alarms.

use std::collections::BTreeMap;

use serde_json::json;
use strongroom_api::Result;
use strongroom_records::Stored;

use crate::alarm::{self, Alarm, Composite, Watched};
use crate::change::Became;
use crate::paths::Home;
use crate::rule::Rule;
use crate::shapes::StateValue;
use crate::{Cloudwatch, labels};

/// The most alarms that are looked at for one.
const MOST_VISITED: usize = 1_000;

impl Cloudwatch {
    /// What the composite `alarm` becomes; `None` when it stays what it is, when one of its alarms is
    /// gone, and when it depends on itself: AWS stops evaluating then, too.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub(crate) async fn judge_composite(
        &self,
        alarm: &Stored<Alarm>,
        watched: &Composite,
    ) -> Result<Option<Became>> {
        let Ok(rule) = Rule::parse(&watched.rule) else { return Ok(None) };
        if self.depends_on_itself(alarm, &rule).await? {
            return Ok(None);
        }
        let home = Home { account: &alarm.account, region: &alarm.region };
        let mut states = BTreeMap::new();
        for named in rule.alarms() {
            let name = alarm::name_in(named, home.account, home.region);
            let Some(child) = self.alarm(home, name).await? else { return Ok(None) };
            states.insert(named, child);
        }
        let state = |named: &str| {
            states.get(named).map_or(StateValue::InsufficientData, |child| child.state.value)
        };
        let value = if rule.holds(&state) { StateValue::Alarm } else { StateValue::Ok };
        if value == alarm.state.value {
            return Ok(None);
        }
        // The child that changed last is the one that made the difference.
        let last = states.values().max_by_key(|child| child.state.transitioned);
        let reason = last.map_or_else(
            || format!("{} transitioned to {}", alarm.arn(), value.text()),
            |child| {
                let at = child.state.transitioned;
                format!(
                    "{} transitioned to {} at {}",
                    child.arn(),
                    child.state.value.text(),
                    weekday_text(at)
                )
            },
        );
        let triggering = states.values().filter(|child| child.state.value == StateValue::Alarm);
        let triggering: Vec<_> = triggering
            .take(10)
            .map(|child| {
                json!({
                    "arn": child.arn(),
                    "state": {
                        "value": child.state.value.text(),
                        "timestamp": labels::long(child.state.updated),
                    },
                })
            })
            .collect();
        let reason_data = json!({"triggeringAlarms": triggering}).to_string();
        Ok(Some(Became { value, reason, reason_data: Some(reason_data) }))
    }

    async fn depends_on_itself(&self, alarm: &Alarm, rule: &Rule) -> Result<bool> {
        let home = Home { account: &alarm.account, region: &alarm.region };
        let plain = |named: &str| alarm::name_in(named, home.account, home.region).to_owned();
        let mut waiting: Vec<String> = rule.alarms().into_iter().map(plain).collect();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if name == alarm.name || seen.len() > MOST_VISITED {
                return Ok(true);
            }
            if !seen.insert(name.clone()) {
                continue;
            }
            let Some(child) = self.alarm(home, &name).await? else { continue };
            if let Watched::Alarms(composite) = &child.watches
                && let Ok(rule) = Rule::parse(&composite.rule)
            {
                waiting.extend(rule.alarms().into_iter().map(plain));
            }
        }
        Ok(false)
    }
}

/// `Saturday 31 January, 2026 10:20:30 UTC`, as composite alarms write the time.
fn weekday_text(at: strongroom_api::Timestamp) -> String {
    let Ok(time) = jiff::Timestamp::from_millisecond(at.millis()) else { return at.iso8601() };
    time.to_zoned(jiff::tz::TimeZone::UTC).strftime("%A %d %B, %Y %H:%M:%S UTC").to_string()
}
