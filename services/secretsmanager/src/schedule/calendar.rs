//! Days of the Gregorian calendar, counted from 1970-01-01.

/// Milliseconds of an hour.
pub const HOUR_MILLIS: i64 = 3_600_000;
/// Milliseconds of a day.
pub const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

/// A day as schedules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 1 (Sunday) to 7 (Saturday), as AWS counts.
    pub weekday: u32,
    /// How many days the month has.
    pub month_length: u32,
}

impl Day {
    /// The day that is `number` days after 1970-01-01, by Howard Hinnant's `civil_from_days`.
    #[must_use]
    pub fn of(number: i64) -> Self {
        let shifted = number + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        // 1970-01-01 was a Thursday.
        let weekday = (number + 4).rem_euclid(7) + 1;
        Self {
            month: small(month),
            day: small(day),
            weekday: small(weekday),
            month_length: month_length(year, month),
        }
    }

    /// The weekday of another day of the same month.
    #[must_use]
    pub fn weekday_of(&self, day: u32) -> u32 {
        // 35 is a multiple of seven that keeps the difference positive.
        (self.weekday + 6 + 35 + day - self.day) % 7 + 1
    }
}

fn month_length(year: i64, month: i64) -> u32 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
