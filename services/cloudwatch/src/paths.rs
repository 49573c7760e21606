//! Where metrics and alarms are stored.
//!
//! ```text
//! ACCOUNT/REGION/monitoring/metric/NAMESPACE/NAME/ID     which metrics there are
//! ACCOUNT/REGION/monitoring/points/ID/HOUR               their datapoints of an hour
//! ACCOUNT/REGION/monitoring/seconds/ID/MINUTE            those of a minute, in seconds
//! ACCOUNT/REGION/monitoring/alarm/NAME                   alarms
//! ACCOUNT/REGION/monitoring/history/TIME/ID              what happened to alarms
//! ACCOUNT/REGION/monitoring/history-of/NAME/TIME/ID      the same by alarm
//! due/monitoring/points/TIME/…                           datapoints to roll up or forget: keys
//! due/monitoring/history/TIME/…                          history to forget: its key
//! due/monitoring/alarm/ACCOUNT/REGION/NAME               alarms to evaluate: their key
//! due/monitoring/notice/TIME/ACCOUNT/REGION/ID           actions to perform
//! ```
//! Times are milliseconds since the epoch with 15 digits, so that keys sort as time does. In names, `/`
//! is written as `%2F`, and so are `%` and the ends of lines.

use strongroom_api::Timestamp;
use strongroom_store::Range;

/// Datapoints that will be rolled up or forgotten.
pub const DUE_POINTS: &str = "due/monitoring/points/";
/// History that will be forgotten.
pub const DUE_HISTORY: &str = "due/monitoring/history/";
/// Alarms.
pub const DUE_ALARMS: &str = "due/monitoring/alarm/";
/// Actions to perform.
pub const DUE_NOTICES: &str = "due/monitoring/notice/";

/// Whose something is, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home<'a> {
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
}

impl Home<'_> {
    fn key(self, rest: std::fmt::Arguments<'_>) -> String {
        format!("{}/{}/monitoring/{rest}", self.account, self.region)
    }

    /// All metrics of a namespace, or of a name in it.
    pub fn metrics(self, namespace: Option<&str>, name: Option<&str>) -> Range {
        let escaped = |text: &str| format!("{}/", escape(text));
        let namespace_part = namespace.map(escaped).unwrap_or_default();
        let name_part = name.filter(|_| namespace.is_some()).map(escaped).unwrap_or_default();
        Range::prefix(self.key(format_args!("metric/{namespace_part}{name_part}")))
    }

    /// A metric.
    pub fn metric(self, namespace: &str, name: &str, id: &str) -> String {
        self.key(format_args!("metric/{}/{}/{id}", escape(namespace), escape(name)))
    }

    /// The datapoints of a metric in the hour that begins at `start`, seconds since the epoch, or in the
    /// minute if `fine`.
    pub fn points(self, fine: bool, id: &str, start: i64) -> String {
        let folder = if fine { "seconds" } else { "points" };
        self.key(format_args!("{folder}/{id}/{start:012}"))
    }

    /// All datapoints of a metric.
    pub fn all_points(self, fine: bool, id: &str) -> Range {
        let folder = if fine { "seconds" } else { "points" };
        Range::prefix(self.key(format_args!("{folder}/{id}/")))
    }

    /// All alarms whose names begin so.
    pub fn alarms(self, prefix: &str) -> Range {
        Range::prefix(self.key(format_args!("alarm/{}", escape(prefix))))
    }

    /// An alarm.
    pub fn alarm(self, name: &str) -> String {
        self.key(format_args!("alarm/{}", escape(name)))
    }

    /// The place of an alarm among those that are evaluated.
    pub fn due_alarm(self, name: &str) -> String {
        format!("{DUE_ALARMS}{}/{}/{}", self.account, self.region, escape(name))
    }

    /// An item of history.
    pub fn history(self, at: Timestamp, id: &str) -> String {
        self.key(format_args!("history/{:015}/{id}", at.millis()))
    }

    /// The same under its alarm.
    pub fn history_of(self, name: &str, at: Timestamp, id: &str) -> String {
        self.key(format_args!("history-of/{}/{:015}/{id}", escape(name), at.millis()))
    }

    /// History between two times, the first included and the second not.
    pub fn histories(self, name: Option<&str>, from: i64, to: i64) -> Range {
        let stem = match name {
            None => self.key(format_args!("history/")),
            Some(name) => self.key(format_args!("history-of/{}/", escape(name))),
        };
        let (from, to) = (from.max(0), to.clamp(0, 999_999_999_999_999));
        Range::new(format!("{stem}{from:015}"), format!("{stem}{to:015}"))
    }

    /// An action to perform.
    pub fn notice(self, at: Timestamp, id: &str) -> String {
        format!("{DUE_NOTICES}{:015}/{}/{}/{id}", at.millis(), self.account, self.region)
    }
}

/// A key of an index by due time; what is due is the text under it.
pub fn due(prefix: &str, at: Timestamp, what: &str) -> String {
    // The tail only has to make it unique; the text says what is meant.
    format!("{prefix}{:015}/{what}", at.millis())
}

/// What is due at `now` in the index with this prefix.
pub fn due_at(prefix: &str, now: Timestamp) -> Range {
    Range::new(prefix, format!("{prefix}{:015}0", now.millis()))
}

/// Account and region of any key but those under `due/`.
pub fn home(key: &str) -> Option<Home<'_>> {
    let mut parts = key.split('/');
    Some(Home { account: parts.next()?, region: parts.next()? })
}

/// A name as part of a key.
fn escape(name: &str) -> String {
    name.replace('%', "%25").replace('/', "%2F").replace('\n', "%0A").replace('\r', "%0D")
}
