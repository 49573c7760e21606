//! The place of an event among all others of its group, which is also its id.

/// The place of an event: time first, then stream, then the order in which a stream took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The event's time, in milliseconds.
    pub time: i64,
    /// The number of its stream.
    pub stream: u64,
    /// Its number in the stream.
    pub seq: u64,
}

/// AWS's ids have as many digits.
const DIGITS: usize = 56;

impl Position {
    /// No event is as late as this.
    pub const LAST_TIME: i64 = 999_999_999_999_999;

    /// Before every event at `time` or later.
    #[must_use]
    pub fn at(time: i64) -> Self {
        Self { time, stream: 0, seq: 0 }
    }

    /// The place behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self { seq: self.seq.saturating_add(1), ..self }
    }

    /// As 56 digits, which sort as positions do.
    #[must_use]
    pub fn digits(self) -> String {
        format!("3{:015}{:020}{:020}", self.time.max(0), self.stream, self.seq)
    }

    /// Reads 56 digits.
    #[must_use]
    pub fn read(digits: &str) -> Option<Self> {
        if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u64>().ok();
        let time = i64::try_from(number(1, 16)?).ok()?;
        Some(Self { time, stream: number(16, 36)?, seq: number(36, 56)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_digits() {
        let position = Position { time: 1_769_854_830_000, stream: 7, seq: u64::MAX };
        let digits = position.digits();
        assert_eq!(digits.len(), 56);
        assert_eq!(Position::read(&digits), Some(position));
        assert!(Position::at(5).digits() < Position::at(5).next().digits());
        for bad in ["", "3", &"9".repeat(56), &"x".repeat(56), &"é".repeat(28)] {
            assert_eq!(Position::read(bad), None, "{bad}");
        }
    }
}
