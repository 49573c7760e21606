//! Rotation schedules: when the window of the next rotation opens and closes. Pure; all times are UTC.
//!
//! AWS's rules as its user guide gives them: a rate of days opens at midnight and closes at the end of
//! the day, a rate of hours opens at hours counted from midnight and closes an hour later, `cron(...)`
//! opens at the hours it names, and closes after an hour if it names several of a day, otherwise at
//! the end of the day. A `Duration` says otherwise, but lets no window run into the next day or the
//! next window. Nothing rotates more often than every four hours.

mod calendar;
mod cron;

use strongroom_api::Timestamp;

pub use calendar::DAY_MILLIS;
use calendar::{Day, HOUR_MILLIS};
use cron::Cron;

/// What is wrong with a schedule, in words for whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(pub &'static str);

/// When a secret is rotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    beat: Beat,
    /// The length of a window, if the rules give one.
    hours_open: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Beat {
    /// So many days after the last rotation.
    Days(i64),
    /// So many hours after each other, the first at a midnight.
    Hours(i64),
    /// At the hours of the days that it names.
    Cron(Cron),
}

/// The time in which a rotation belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it opens.
    pub start: Timestamp,
    /// When it is closed; its last second is the one before.
    pub end: Timestamp,
}

/// Longer expressions are refused by AWS's model.
const LONGEST_EXPRESSION: usize = 256;
const SHORTEST_RATE_HOURS: i64 = 4;
const LONGEST_RATE_DAYS: i64 = 999;
const LONGEST_WINDOW_HOURS: i64 = 24;
/// Days looked through for the next one that a cron expression names: the fifth Friday of a February
/// comes every 28 years, or 40 around a century that is no leap year.
const LONGEST_LOOK_DAYS: i64 = 41 * 366;

impl Schedule {
    /// `AutomaticallyAfterDays`, with `Duration` in hours.
    ///
    /// # Errors
    /// A window of no length that AWS knows.
    pub fn days(days: i64, hours_open: Option<i64>) -> Result<Self, Fault> {
        Self { beat: Beat::Days(days), hours_open }.checked()
    }

    /// `ScheduleExpression`, with `Duration` in hours.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    pub fn parse(expression: &str, hours_open: Option<i64>) -> Result<Self, Fault> {
        if expression.len() > LONGEST_EXPRESSION {
            return Err(Fault("a schedule expression has at most 256 characters"));
        }
        let inner = |kind: &str| expression.strip_prefix(kind)?.strip_suffix(')');
        let beat = if let Some(text) = inner("rate(") {
            rate(text)?
        } else if let Some(text) = inner("cron(") {
            Beat::Cron(Cron::parse(text)?)
        } else {
            return Err(Fault("a schedule expression must be rate(...) or cron(...)"));
        };
        Self { beat, hours_open }.checked()
    }

    /// The first window that opens after `base`: the last rotation, or now if there was none. A rate of
    /// hours is counted from the midnight before `since`, when the rules were set.
    ///
    /// None for a cron expression whose days never come, which [`parse`](Self::parse) refuses.
    #[must_use]
    pub fn window_after(&self, base: Timestamp, since: Timestamp) -> Option<Window> {
        let start = match &self.beat {
            Beat::Days(days) => base.day().plus_millis(days.checked_mul(DAY_MILLIS)?),
            Beat::Hours(hours) => {
                let (anchor, step) = (since.day().millis(), hours.checked_mul(HOUR_MILLIS)?);
                let passed = (base.millis() - anchor).div_euclid(step);
                Timestamp::from_millis(anchor + (passed + 1) * step)
            }
            Beat::Cron(cron) => cron_after(cron, base)?,
        };
        Some(self.window(start))
    }

    /// The window in which to rotate a secret at the next opportunity at `now`, as what was planned has
    /// been missed: for a rate of days today's or tomorrow's, otherwise the next.
    #[must_use]
    pub fn window_for_missed(&self, now: Timestamp, since: Timestamp) -> Option<Window> {
        let Beat::Days(_) = self.beat else { return self.window_after(now, since) };
        let today = self.window(now.day());
        let tomorrow = || self.window(now.day().plus_millis(DAY_MILLIS));
        Some(if now < today.end { today } else { tomorrow() })
    }

    /// Whether the rules say how long a window is, so that nothing may happen outside it.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.hours_open.is_some()
    }

    /// Whether the next rotation is so many days after the last change of the value.
    #[must_use]
    pub fn follows_the_last_rotation(&self) -> bool {
        matches!(self.beat, Beat::Days(_))
    }

    /// `AutomaticallyAfterDays` as AWS works it out of an expression: the days from the window `from` to
    /// the one after it. None for schedules in hours.
    #[must_use]
    pub fn days_between(&self, from: Timestamp) -> Option<i64> {
        match &self.beat {
            Beat::Days(days) => Some(*days),
            Beat::Hours(_) => None,
            Beat::Cron(cron) => {
                let next = cron_after(cron, from)?;
                let days = (next.day().millis() - from.day().millis()) / DAY_MILLIS;
                (cron.hours.count_ones() == 1).then_some(days)
            }
        }
    }

    fn window(&self, start: Timestamp) -> Window {
        let by_the_hour = match &self.beat {
            Beat::Days(_) => false,
            Beat::Hours(_) => true,
            Beat::Cron(cron) => cron.hours.count_ones() > 1,
        };
        let end = match self.hours_open {
            Some(hours) => start.plus_millis(hours.saturating_mul(HOUR_MILLIS)),
            None if by_the_hour => start.plus_millis(HOUR_MILLIS),
            None => start.day().plus_millis(DAY_MILLIS),
        };
        Window { start, end }
    }

    fn checked(self) -> Result<Self, Fault> {
        if self.hours_open.is_some_and(|hours| !(1..=LONGEST_WINDOW_HOURS).contains(&hours)) {
            return Err(Fault("the duration of a rotation window must be 1h to 24h"));
        }
        let open = self.hours_open.unwrap_or(1);
        match &self.beat {
            Beat::Days(_) => {}
            Beat::Hours(hours) => {
                if open > *hours {
                    return Err(INTO_NEXT_WINDOW);
                }
                // Windows open at hours that are multiples of what the rate has in common with a day.
                let step = common(*hours, 24);
                if 24 - step + open > 24 {
                    return Err(INTO_NEXT_DAY);
                }
            }
            Beat::Cron(cron) => check_cron(cron, open)?,
        }
        Ok(self)
    }
}

const INTO_NEXT_DAY: Fault = Fault("a rotation window must not extend into the next UTC day");
const INTO_NEXT_WINDOW: Fault =
    Fault("a rotation window must not extend into the next rotation window");
const TOO_OFTEN: Fault = Fault("a secret can be rotated every four hours at most");

/// `12 hours`, `10 days`.
fn rate(text: &str) -> Result<Beat, Fault> {
    let malformed = Fault("a rate must be rate(N hours) or rate(N days)");
    let (number, unit) = text.split_once(' ').ok_or(malformed)?;
    let is_plain = !number.is_empty() && number.len() <= 6;
    if !is_plain || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed);
    }
    let number: i64 = number.parse().map_err(|_| malformed)?;
    let hours = match unit.trim_matches(' ') {
        "hour" | "hours" => number,
        "day" | "days" => number * 24,
        _ => return Err(malformed),
    };
    if hours < SHORTEST_RATE_HOURS {
        return Err(TOO_OFTEN);
    }
    if hours > LONGEST_RATE_DAYS * 24 {
        return Err(Fault("a rate must be at most 999 days"));
    }
    Ok(if unit.contains("day") { Beat::Days(number) } else { Beat::Hours(hours) })
}

fn check_cron(cron: &Cron, open: i64) -> Result<(), Fault> {
    let hours: Vec<i64> = cron.hours().map(i64::from).collect();
    let gaps = hours.windows(2).map(|pair| pair[1] - pair[0]);
    let over_midnight = match (hours.first(), hours.last()) {
        (Some(first), Some(last)) if hours.len() > 1 && names_neighbours(cron) => {
            Some(first + 24 - last)
        }
        _ => None,
    };
    let shortest = gaps.chain(over_midnight).min().unwrap_or(i64::MAX);
    if shortest < SHORTEST_RATE_HOURS {
        return Err(TOO_OFTEN);
    }
    if open > shortest {
        return Err(INTO_NEXT_WINDOW);
    }
    if hours.last().is_some_and(|last| last + open > 24) {
        return Err(INTO_NEXT_DAY);
    }
    match cron_after(cron, Timestamp::default()) {
        Some(_) => Ok(()),
        None => Err(Fault("a cron expression must name a day that there is")),
    }
}

/// Whether it ever names two days in a row.
fn names_neighbours(cron: &Cron) -> bool {
    let mut before = false;
    (0..LONGEST_LOOK_DAYS).any(|number| {
        let named = cron.names(&Day::of(number));
        std::mem::replace(&mut before, named) && named
    })
}

/// The first hour after `base` that it names.
fn cron_after(cron: &Cron, base: Timestamp) -> Option<Timestamp> {
    let today = base.day().millis().div_euclid(DAY_MILLIS);
    for number in today..=today + LONGEST_LOOK_DAYS {
        if !cron.names(&Day::of(number)) {
            continue;
        }
        let at =
            |hour: u32| Timestamp::from_millis(number * DAY_MILLIS + i64::from(hour) * HOUR_MILLIS);
        if let Some(start) = cron.hours().map(at).find(|start| *start > base) {
            return Some(start);
        }
    }
    None
}

/// The greatest common divisor.
fn common(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { common(b, a % b) }
}

#[cfg(test)]
mod tests;
