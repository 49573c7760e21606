//! Points in time as policies write them: a W3C profile of ISO 8601, or seconds since 1970.

/// A point in time, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    nanos: i128,
}

impl Instant {
    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDThh:mm[:ss[.s…]](Z|±hh:mm)`, or epoch seconds
    /// with an optional fraction. Four digits alone are a year.
    pub(crate) fn read(text: &str) -> Option<Instant> {
        let all_digits = text.bytes().all(|b| b.is_ascii_digit());
        if (all_digits && text.len() != 4) || text.contains('.') && !text.contains('-') {
            return read_seconds(text).map(|nanos| Instant { nanos });
        }
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let days = match date.split('-').collect::<Vec<_>>()[..] {
            [year] if time.is_none() => days(number(year, 4)?, 1, 1)?,
            [year, month] if time.is_none() => days(number(year, 4)?, number(month, 2)?, 1)?,
            [year, month, day] => days(number(year, 4)?, number(month, 2)?, number(day, 2)?)?,
            _ => return None,
        };
        let of_day = time.map_or(Some(0), read_time)?;
        Some(Instant { nanos: i128::from(days) * 86_400 * SECOND + of_day })
    }
}

const SECOND: i128 = 1_000_000_000;

/// Nanoseconds from midnight UTC; a zone must be given.
fn read_time(text: &str) -> Option<i128> {
    let (clock, offset_minutes) = match text.strip_suffix(['Z', 'z']) {
        Some(clock) => (clock, 0),
        None => {
            let (clock, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
            let (sign, zone) = zone.split_at_checked(1)?;
            let (hours, minutes) = zone.split_once(':')?;
            let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
            let sign = match sign {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            (hours < 24 && minutes < 60).then_some((clock, sign * (hours * 60 + minutes)))?
        }
    };
    let (clock, seconds) = match clock.split(':').collect::<Vec<_>>()[..] {
        [hour, minute] => ((hour, minute), 0),
        [hour, minute, second] if second.split('.').next()?.len() == 2 => {
            ((hour, minute), read_seconds(second)?)
        }
        _ => return None,
    };
    let (hour, minute) = (number(clock.0, 2)?, number(clock.1, 2)?);
    // A leap second counts as the second after it.
    let sensible = hour < 24 && minute < 60 && seconds < 61 * SECOND;
    sensible.then_some(i128::from(hour * 60 + minute - offset_minutes) * 60 * SECOND + seconds)
}

/// Nanoseconds of `digits[.digits]`; what is finer than a nanosecond is dropped.
fn read_seconds(text: &str) -> Option<i128> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, "0"),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() > 15 {
        return None;
    }
    let nanos: String = fraction.chars().chain("00000000".chars()).take(9).collect();
    Some(whole.parse::<i128>().ok()? * SECOND + nanos.parse::<i128>().ok()?)
}

fn number(text: &str, width: usize) -> Option<i64> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Days since 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March, so that the leap day is a year's last.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
            - 719_468,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i128> {
        Instant::read(text).map(|instant| instant.nanos / SECOND)
    }

    #[test]
    fn every_profile_is_read() {
        for (text, expected) in [
            ("1970", 0),
            ("1970-01", 0),
            ("1970-01-02", 86_400),
            ("2013-06-30T00:00:00Z", 1_372_550_400),
            ("2013-06-30T02:00:00+02:00", 1_372_550_400),
            ("2013-06-29T22:30-01:30", 1_372_550_400),
            ("2013-06-30T00:00:00.5Z", 1_372_550_400),
            ("1372550400", 1_372_550_400),
            ("1372550400.25", 1_372_550_400),
            ("2000-02-29", 951_782_400),
            ("0001-01-01", -62_135_596_800),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "2013-13",
            "2013-02-29",
            "2013-6-30",
            "2013-06-30T00:00:00",
            "2013-06-30T24:00Z",
            "2013-06-30T0000Z",
            "tomorrow",
            "-5",
            "1.2.3",
            "2013-06-30 00:00:00Z",
            "2013-06T00:00Z",
            "2013-06-30T00:00+é1:00",
            ".",
        ] {
            assert_eq!(seconds(text), None, "{text} was read");
        }
    }

    #[test]
    fn fractions_order_instants() {
        assert!(
            Instant::read("2020-01-01T00:00:00.1Z") > Instant::read("2020-01-01T00:00:00.099Z")
        );
    }
}
