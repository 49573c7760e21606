//! Points in time as AWS writes them.

use serde::{Deserialize, Serialize, Serializer};

/// The serde name under which a [`Timestamp`] announces itself to the writers of this crate.
pub(crate) const TIMESTAMP: &str = "$strongroom::Timestamp";

/// A point in time, in whole milliseconds since the Unix epoch (UTC).
///
/// JSON carries it as a number of seconds with up to three decimals, XML as ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
pub struct Timestamp(i64);

/// Milliseconds of one day.
pub const DAY_MILLIS: i64 = 86_400_000;

impl Timestamp {
    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Midnight UTC at the start of this day.
    #[must_use]
    pub const fn day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY_MILLIS))
    }

    /// This point moved by `millis` (negative: earlier).
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// `2026-01-31T10:20:30Z`, as query replies and CloudTrail write it.
    #[must_use]
    pub fn iso8601(self) -> String {
        let mut out = String::with_capacity(20);
        self.push_iso8601(&mut out);
        out
    }

    /// Appends [`iso8601`](Self::iso8601) to `out`.
    pub fn push_iso8601(self, out: &mut String) {
        let date = civil(self.seconds().div_euclid(86_400));
        let second = self.seconds().rem_euclid(86_400);
        push_digits(out, date.year, 4);
        out.push('-');
        push_digits(out, date.month, 2);
        out.push('-');
        push_digits(out, date.day, 2);
        out.push('T');
        push_digits(out, second / 3_600, 2);
        out.push(':');
        push_digits(out, second / 60 % 60, 2);
        out.push(':');
        push_digits(out, second % 60, 2);
        out.push('Z');
    }

    /// `Jan 31, 2026, 10:20:30 AM`, as CloudTrail writes the times inside a call's parameters and reply.
    #[must_use]
    pub fn audit_text(self) -> String {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let date = civil(self.seconds().div_euclid(86_400));
        let second = self.seconds().rem_euclid(86_400);
        let hour = second / 3_600;
        format!(
            "{} {}, {}, {}:{:02}:{:02} {}",
            MONTHS[(date.month - 1).rem_euclid(12) as usize],
            date.day,
            date.year,
            if hour % 12 == 0 { 12 } else { hour % 12 },
            second / 60 % 60,
            second % 60,
            if hour < 12 { "AM" } else { "PM" },
        )
    }

    /// Seconds with up to three decimals, as JSON replies carry it.
    #[must_use]
    pub fn decimal_seconds(self) -> String {
        let (seconds, millis) = (self.seconds(), self.0.rem_euclid(1_000));
        if millis == 0 {
            return seconds.to_string();
        }
        let text = format!("{seconds}.{millis:03}");
        text.trim_end_matches('0').to_owned()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(TIMESTAMP, &self.0)
    }
}

struct Civil {
    year: i64,
    month: i64,
    day: i64,
}

/// The proleptic Gregorian date of a day counted from the epoch (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> Civil {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: day_of_year - (153 * shifted_month + 2) / 5 + 1,
    }
}

fn push_digits(out: &mut String, number: i64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number);
    for _ in digits.len()..width {
        out.push('0');
    }
    out.push_str(digits);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn seconds_print_without_needless_decimals() {
        assert_eq!(Timestamp::from_millis(1_523_477_145_729).decimal_seconds(), "1523477145.729");
        assert_eq!(Timestamp::from_millis(1_523_477_145_700).decimal_seconds(), "1523477145.7");
        assert_eq!(Timestamp::from_millis(1_523_477_145_000).decimal_seconds(), "1523477145");
    }

    #[test]
    fn iso_dates_agree_with_a_calendar_library() {
        for seconds in (-62_135_596_800_i64..253_402_300_799).step_by(86_399 * 97) {
            let expected = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            assert_eq!(Timestamp::from_seconds(seconds).iso8601(), expected);
        }
    }

    #[test]
    fn a_day_starts_at_midnight_utc() {
        let day = Timestamp::from_millis(1_523_477_145_729).day();
        assert_eq!(day.iso8601(), "2018-04-11T00:00:00Z");
    }
}
