//! The datapoints of one metric over one span of time: what one record holds.
//!
//! A block spans an hour in steps of a minute, which age into steps of five minutes and of an hour. For
//! metrics of high resolution there are blocks of a minute in steps of a second beside it.

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::Record;

use crate::cell::Cell;
use crate::unit::Unit;

/// How finely data is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// An hour, in minutes or coarser.
    Hours,
    /// A minute, in seconds.
    Seconds,
}

/// How old data of a minute becomes before it is rolled up, in seconds.
const MINUTES_KEPT: i64 = 15 * 86_400;
/// The same for five minutes.
const FIVES_KEPT: i64 = 63 * 86_400;
/// The same for hours, which are then forgotten.
const HOURS_KEPT: i64 = 455 * 86_400;
/// How long seconds are kept.
const SECONDS_KEPT: i64 = 3 * 3_600;

impl Tier {
    /// How many seconds a block spans.
    #[must_use]
    pub fn span(self) -> i64 {
        match self {
            Self::Hours => 3_600,
            Self::Seconds => 60,
        }
    }

    /// The seconds of a step when a block is new.
    #[must_use]
    pub fn step(self) -> u32 {
        match self {
            Self::Hours => 60,
            Self::Seconds => 1,
        }
    }

    /// When a block that begins at `start` and has steps of `step` has to be looked at again.
    #[must_use]
    pub fn due(self, start: i64, step: u32) -> Timestamp {
        let kept = match (self, step) {
            (Self::Seconds, _) => SECONDS_KEPT,
            (Self::Hours, ..300) => MINUTES_KEPT,
            (Self::Hours, ..3_600) => FIVES_KEPT,
            (Self::Hours, _) => HOURS_KEPT,
        };
        Timestamp::from_seconds(start.saturating_add(self.span()).saturating_add(kept))
    }

    /// What becomes of steps of `step` seconds once they are due: coarser steps, or nothing.
    #[must_use]
    pub fn next_step(self, step: u32) -> Option<u32> {
        match (self, step) {
            (Self::Hours, ..300) => Some(300),
            (Self::Hours, ..3_600) => Some(3_600),
            _ => None,
        }
    }
}

/// A block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// When it begins, in seconds since the epoch.
    pub start: i64,
    /// The seconds of a step.
    pub step: u32,
    /// Step, unit and samples, in this order.
    cells: Vec<(u16, u8, Cell)>,
}

impl Record for Block {
    const KIND: &'static str = "block of datapoints";
}

impl Block {
    /// An empty block.
    #[must_use]
    pub fn new(tier: Tier, start: i64) -> Self {
        Self { start, step: tier.step(), cells: Vec::new() }
    }

    /// Adds samples of the second `at`, which lies in the block.
    pub fn add(&mut self, at: i64, unit: Unit, samples: &Cell) {
        let step = u16::try_from((at - self.start) / i64::from(self.step.max(1))).unwrap_or(0);
        self.add_at(step, unit.number(), samples);
    }

    /// The samples, each with the second at which its step begins.
    pub fn cells(&self) -> impl Iterator<Item = (i64, Unit, &Cell)> {
        self.cells.iter().map(|(step, unit, cell)| {
            let at = self.start + i64::from(*step) * i64::from(self.step);
            (at, Unit::of_number(*unit), cell)
        })
    }

    /// The same samples in coarser steps.
    #[must_use]
    pub fn rolled_up(&self, step: u32) -> Self {
        let mut coarser = Self { start: self.start, step, cells: Vec::new() };
        for (at, unit, cell) in self.cells() {
            coarser.add(at, unit, cell);
        }
        coarser
    }

    fn add_at(&mut self, step: u16, unit: u8, samples: &Cell) {
        let place = self.cells.partition_point(|(other, its, _)| (*other, *its) < (step, unit));
        match self.cells.get_mut(place) {
            Some((other, its, cell)) if (*other, *its) == (step, unit) => cell.add(samples),
            _ => self.cells.insert(place, (step, unit, samples.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_a_minute_stand_together_and_units_apart() {
        let mut block = Block::new(Tier::Hours, 7_200);
        block.add(7_265, Unit::Count, &Cell::of(1.0));
        block.add(7_319, Unit::Count, &Cell::of(2.0));
        block.add(7_319, Unit::None, &Cell::of(9.0));
        block.add(7_200, Unit::Count, &Cell::of(5.0));
        let seen: Vec<_> = block.cells().map(|(at, unit, cell)| (at, unit, cell.sum)).collect();
        let expected =
            [(7_200, Unit::Count, 5.0), (7_260, Unit::Count, 3.0), (7_260, Unit::None, 9.0)];
        assert_eq!(seen, expected);
    }

    #[test]
    fn rolling_up_loses_no_sample() {
        let mut block = Block::new(Tier::Hours, 0);
        for minute in 0..60 {
            block.add(minute * 60, Unit::Count, &Cell::of(minute as f64));
        }
        let fives = block.rolled_up(300);
        assert_eq!(fives.cells().count(), 12);
        let hour = fives.rolled_up(3_600);
        let (at, _, cell) = hour.cells().next().expect("one cell");
        assert_eq!((at, cell.count, cell.sum, cell.maximum), (0, 60.0, 1_770.0, 59.0));
    }

    #[test]
    fn data_ages_as_aws_keeps_it() {
        let days = |tier: Tier, step| tier.due(-tier.span(), step).seconds() / 86_400;
        assert_eq!(days(Tier::Hours, 60), 15);
        assert_eq!(days(Tier::Hours, 300), 63);
        assert_eq!(days(Tier::Hours, 3_600), 455);
        assert_eq!(Tier::Hours.next_step(60), Some(300));
        assert_eq!(Tier::Hours.next_step(300), Some(3_600));
        assert_eq!(Tier::Hours.next_step(3_600), None);
        assert_eq!(Tier::Seconds.next_step(1), None);
    }
}
