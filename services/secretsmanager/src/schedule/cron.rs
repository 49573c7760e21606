//! AWS's `cron(minutes hours day-of-month month day-of-week year)`: six fields, read into bit sets.
//!
//! The dialect is Quartz's as AWS documents it for Secrets Manager: minutes are `0`, the year is `*`,
//! exactly one of the two day fields is `?`; `L`, `W` and `#` stand where Quartz has them; an increment
//! may leave out its start (`/8`).

use super::Fault;
use super::calendar::Day;

/// A `cron(...)` expression: on which days, and at which hours of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Bit `h` for the hour `h`.
    pub hours: u32,
    months: u32,
    days: Days,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(MonthDays),
    OfWeek(WeekDays),
}

/// Bit `d` stands for the day `d`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct MonthDays {
    /// `1`, `1-5`, `*/2`.
    plain: u32,
    /// `L` and `L-3`: days before the last one.
    from_last: u32,
    /// `15W`: the weekday nearest to the day, in the same month.
    nearest: u32,
    /// `LW`: the last weekday of the month.
    last_weekday: bool,
}

/// Bit `d` stands for the day `d`, of which 1 is Sunday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct WeekDays {
    /// `MON`, `2-6`.
    plain: u32,
    /// `6L`, `FRIL`: the last one of the month.
    last: u32,
    /// `6#3`: for each of the five weeks, the days that fall on it.
    nth: [u32; 5],
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const SATURDAY: u32 = 7;

impl Cron {
    /// Reads what stands between the parentheses.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut fields = text.split(' ').filter(|field| !field.is_empty());
        let (Some(minutes), Some(hours), Some(of_month), Some(months), Some(of_week), Some(year)) = (
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
        ) else {
            return Err(Fault("a cron expression has six fields"));
        };
        if fields.next().is_some() {
            return Err(Fault("a cron expression has six fields"));
        }
        if minutes != "0" {
            return Err(Fault("the minutes of a cron expression must be 0"));
        }
        if year != "*" {
            return Err(Fault("the year of a cron expression must be *"));
        }
        let hours = Field { range: 0..=23, names: &[], first_number: 0 }.set(hours);
        let hours = hours.ok_or(Fault("the hours of a cron expression aren't valid"))?;
        let months = Field { range: 1..=12, names: &MONTHS, first_number: 1 }.set(months);
        let months = months.ok_or(Fault("the month of a cron expression isn't valid"))?;
        let days = match (of_month, of_week) {
            ("?", "?") => None,
            (days, "?") => Some(Days::OfMonth(
                MonthDays::parse(days)
                    .ok_or(Fault("the day of month of a cron expression isn't valid"))?,
            )),
            ("?", days) => Some(Days::OfWeek(
                WeekDays::parse(days)
                    .ok_or(Fault("the day of week of a cron expression isn't valid"))?,
            )),
            _ => None,
        };
        let days = days.ok_or(Fault(
            "exactly one of day of month and day of week must be ? in a cron expression",
        ))?;
        Ok(Self { hours, months, days })
    }

    /// Whether it names this day.
    #[must_use]
    pub fn names(&self, day: &Day) -> bool {
        has(self.months, day.month)
            && match &self.days {
                Days::OfMonth(days) => days.name(day),
                Days::OfWeek(days) => days.name(day),
            }
    }

    /// The hours it names, in order.
    pub fn hours(&self) -> impl Iterator<Item = u32> {
        let hours = self.hours;
        (0..24).filter(move |hour| has(hours, *hour))
    }
}

impl MonthDays {
    fn parse(text: &str) -> Option<Self> {
        let field = Field { range: 1..=31, names: &[], first_number: 1 };
        let mut days = Self::default();
        for part in text.split(',') {
            if part == "LW" {
                days.last_weekday = true;
            } else if part == "L" {
                days.from_last |= 1;
            } else if let Some(back) = part.strip_prefix("L-") {
                let back = number(back).filter(|back| (1..=30).contains(back))?;
                days.from_last |= 1 << back;
            } else if let Some(day) = part.strip_suffix('W') {
                days.nearest |= 1 << number(day).filter(|day| field.range.contains(day))?;
            } else {
                days.plain |= field.part(part)?;
            }
        }
        Some(days)
    }

    fn name(&self, day: &Day) -> bool {
        has(self.plain, day.day)
            || has(self.from_last, day.month_length - day.day)
            || (self.last_weekday && day.day == nearest_weekday_down(day))
            || (self.nearest != 0 && self.is_nearest(day))
    }

    /// Whether the day is the weekday nearest to one of those named.
    fn is_nearest(&self, day: &Day) -> bool {
        // No weekday is further from its day than a Monday the 3rd from Saturday the 1st.
        let around = day.day.saturating_sub(2).max(1)..=(day.day + 2).min(day.month_length);
        around.into_iter().any(|named| has(self.nearest, named) && nearest(day, named) == day.day)
    }
}

/// The weekday nearest to the day `named` of the month of `day`; it never leaves the month.
fn nearest(day: &Day, named: u32) -> u32 {
    match day.weekday_of(named) {
        SATURDAY if named == 1 => 3,
        SATURDAY => named - 1,
        1 if named == day.month_length => named - 2,
        1 => named + 1,
        _ => named,
    }
}

/// The last day of the month of `day` that is no Saturday or Sunday.
fn nearest_weekday_down(day: &Day) -> u32 {
    match day.weekday_of(day.month_length) {
        SATURDAY => day.month_length - 1,
        1 => day.month_length - 2,
        _ => day.month_length,
    }
}

impl WeekDays {
    fn parse(text: &str) -> Option<Self> {
        let field = Field { range: 1..=7, names: &WEEKDAYS, first_number: 1 };
        let mut days = Self::default();
        for part in text.split(',') {
            if part == "L" {
                // The last day of the week.
                days.plain |= 1 << SATURDAY;
            } else if let Some(day) = part.strip_suffix('L') {
                days.last |= 1 << field.value(day)?;
            } else if let Some((day, week)) = part.split_once('#') {
                let week = number(week).and_then(|week| usize::try_from(week.checked_sub(1)?).ok());
                *days.nth.get_mut(week?)? |= 1 << field.value(day)?;
            } else {
                days.plain |= field.part(part)?;
            }
        }
        Some(days)
    }

    fn name(&self, day: &Day) -> bool {
        let week = usize::try_from((day.day - 1) / 7).unwrap_or_default();
        let is_last = day.day + 7 > day.month_length;
        has(self.plain, day.weekday)
            || (is_last && has(self.last, day.weekday))
            || self.nth.get(week).is_some_and(|named| has(*named, day.weekday))
    }
}

/// A field of numbers, some of which may have names.
struct Field {
    range: std::ops::RangeInclusive<u32>,
    names: &'static [&'static str],
    first_number: u32,
}

impl Field {
    /// `1,3-5,*/2` as a set of bits.
    fn set(&self, text: &str) -> Option<u32> {
        text.split(',').try_fold(0, |set, part| Some(set | self.part(part)?))
    }

    /// One of a list: `3`, `3-5`, `*`, and any of these with an increment: `3/2`, `*/2`, `/2`.
    fn part(&self, text: &str) -> Option<u32> {
        let (start, step) = match text.split_once('/') {
            Some((start, step)) => (start, Some(number(step).filter(|step| *step > 0)?)),
            None => (text, None),
        };
        let (first, last) = match start {
            "*" => (*self.range.start(), *self.range.end()),
            "" if step.is_some() => (*self.range.start(), *self.range.end()),
            _ => match start.split_once('-') {
                Some((first, last)) => (self.value(first)?, self.value(last)?),
                None if step.is_some() => (self.value(start)?, *self.range.end()),
                None => (self.value(start)?, self.value(start)?),
            },
        };
        if first > last {
            return None;
        }
        let step = usize::try_from(step.unwrap_or(1)).ok()?;
        Some((first..=last).step_by(step).fold(0, |set, value| set | 1 << value))
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let value = match named {
            Some(place) => u32::try_from(place).ok()? + self.first_number,
            None => number(text)?,
        };
        self.range.contains(&value).then_some(value)
    }
}

/// A number of at most four digits, and nothing else.
fn number(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

fn has(set: u32, bit: u32) -> bool {
    bit < 32 && set & (1 << bit) != 0
}
