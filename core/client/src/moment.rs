//! When something was, by two clocks, so that setting one makes nothing younger.

use jiff::Timestamp;

use crate::Machine;

/// A moment of this process.
///
/// The clock of the day can be set back, and stands still for nobody; the steady one cannot be set, but
/// stands still while the machine sleeps. Ages are told by whichever has gone further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    day: i64,
    steady: i64,
}

impl Moment {
    /// This moment.
    #[must_use]
    pub fn now(machine: &dyn Machine) -> Self {
        let steady = i64::try_from(machine.steady().as_millis()).unwrap_or(i64::MAX);
        Self { day: machine.now().as_millisecond(), steady }
    }

    /// What the clock of the day said, in epoch milliseconds.
    #[must_use]
    pub fn epoch_millis(self) -> i64 {
        self.day
    }

    /// The same, which the clock of the day told.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.day).unwrap_or_default()
    }

    /// How many milliseconds after `earlier` this is; never negative.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        let by_day = self.day.saturating_sub(earlier.day);
        let by_steady = self.steady.saturating_sub(earlier.steady);
        by_day.max(by_steady).max(0)
    }

    /// The moment so many milliseconds before.
    #[must_use]
    pub fn before(self, millis: i64) -> Self {
        Self { day: self.day.saturating_sub(millis), steady: self.steady.saturating_sub(millis) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64, steady: i64) -> Moment {
        Moment { day, steady }
    }

    #[test]
    fn nothing_gets_younger_when_the_clock_is_set() {
        let then = at(1_000_000, 500);
        assert_eq!(at(1_000_100, 600).since(then), 100);
        assert_eq!(at(0, 600).since(then), 100, "set back");
        assert_eq!(at(9_000_000, 600).since(then), 8_000_000, "set forward, or after a sleep");
        assert_eq!(at(0, 400).since(then), 0, "told by a thread that looked earlier");
        assert_eq!(then.since(then.before(70)), 70);
    }
}
