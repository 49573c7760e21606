//! What happened to alarms.

use serde::{Deserialize, Serialize};
use strongroom_api::{Circumstances, Timestamp};
use strongroom_records::{Changes, Record, RecordError};

use crate::alarm::Alarm;
use crate::paths::{self, DUE_HISTORY, Home};
use crate::shapes::AlarmType;

/// One thing that happened to an alarm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// The alarm.
    pub alarm: String,
    /// Its kind.
    pub kind: AlarmType,
    /// When.
    pub at: Timestamp,
    /// What: `ConfigurationUpdate`, `StateUpdate`, `Action`.
    pub what: String,
    /// In words.
    pub summary: String,
    /// In JSON.
    pub data: String,
}

impl Record for Item {
    const KIND: &'static str = "item of an alarm's history";
}

/// An alarm was created, changed or deleted.
pub const CONFIGURATION: &str = "ConfigurationUpdate";
/// An alarm changed its state.
pub const STATE: &str = "StateUpdate";
/// An alarm did something.
pub const ACTION: &str = "Action";

/// How long history is kept.
const KEPT_DAYS: i64 = 30;
/// AWS's bounds.
const MOST_SUMMARY: usize = 255;
const MOST_DATA: usize = 4_095;

/// Adds an item to `changes`.
///
/// # Errors
/// As [`Changes::put`].
pub fn add(
    changes: &mut Changes<'_>,
    circumstances: &Circumstances<'_>,
    alarm: &Alarm,
    what: &str,
    summary: &str,
    data: &str,
) -> Result<(), RecordError> {
    let home = Home { account: &alarm.account, region: &alarm.region };
    let at = circumstances.now;
    let id = format!("{}{}", place(what), circumstances.ids.next());
    let key = home.history(at, &id);
    let item = Item {
        alarm: alarm.name.clone(),
        kind: alarm.kind(),
        at,
        what: what.to_owned(),
        summary: shortened(summary, MOST_SUMMARY),
        data: shortened(data, MOST_DATA),
    };
    changes.put(&key, &item)?;
    let by_name = home.history_of(&alarm.name, at, &id);
    changes.put(&by_name, &item)?;
    let forgotten = at.plus_millis(KEPT_DAYS * 86_400_000);
    changes.index(&paths::due(DUE_HISTORY, forgotten, &id), &format!("{key}\n{by_name}"));
    Ok(())
}

/// Where an item stands among those of the same millisecond: what an alarm does follows on what it is.
fn place(what: &str) -> char {
    match what {
        CONFIGURATION => '0',
        STATE => '1',
        _ => '2',
    }
}

/// The first `most` characters.
fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
