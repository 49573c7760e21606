//! The moment a request says it was signed at.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::rfc2822;
use jiff::tz::Offset;

/// A moment to the second, with the text that the signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    text: [u8; 16],
    epoch_seconds: i64,
}

impl Timestamp {
    /// Reads ISO 8601 basic format (`20150830T123600Z`) or, as `Date` headers have it, RFC 1123.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_basic(text.as_bytes()).or_else(|| Self::parse_rfc1123(text))
    }

    /// Reads ISO 8601 basic format, the only one `X-Amz-Date` may have.
    pub(crate) fn parse_basic(text: &[u8]) -> Option<Self> {
        let text: [u8; 16] = text.try_into().ok()?;
        if text[8] != b'T' || text[15] != b'Z' {
            return None;
        }
        let year = number(&text[0..2])? as i16 * 100 + i16::from(number(&text[2..4])?);
        let date = Date::new(year, number(&text[4..6])?, number(&text[6..8])?).ok()?;
        let (hour, minute) = (number(&text[9..11])?, number(&text[11..13])?);
        let time = Time::new(hour, minute, number(&text[13..15])?, 0).ok()?;
        let moment = Offset::UTC.to_timestamp(DateTime::from_parts(date, time)).ok()?;
        Some(Self { text, epoch_seconds: moment.as_second() })
    }

    /// Reads RFC 1123. A wrong weekday is overlooked: AWS's own test vectors contain one.
    fn parse_rfc1123(text: &str) -> Option<Self> {
        const PARSER: rfc2822::DateTimeParser =
            rfc2822::DateTimeParser::new().relaxed_weekday(true);
        let moment = PARSER.parse_timestamp(text).ok()?;
        Self::parse_basic(basic(moment.as_second()).as_bytes())
    }

    /// `20150830T123600Z`.
    pub fn text(&self) -> &str {
        // The bytes are ASCII by construction.
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The same as bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// The day, `20150830`.
    pub fn date(&self) -> &str {
        &self.text()[..8]
    }

    /// Seconds since 1970 began.
    pub fn epoch_seconds(&self) -> i64 {
        self.epoch_seconds
    }
}

/// ISO 8601 basic format of seconds since 1970 began.
pub(crate) fn basic(epoch_seconds: i64) -> String {
    let (least, most) = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
    let moment = jiff::Timestamp::from_second(epoch_seconds.clamp(least, most)).unwrap_or_default();
    let civil = Offset::UTC.to_datetime(moment);
    let (date, time) = (civil.date(), civil.time());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// The value of two decimal digits.
fn number(text: &[u8]) -> Option<i8> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some((tens - b'0') as i8 * 10 + (ones - b'0') as i8)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Timestamp, basic};

    #[test]
    fn basic_format_is_read_and_written_back() {
        let moment = Timestamp::parse("20150830T123600Z").unwrap();
        assert_eq!(moment.epoch_seconds(), 1_440_938_160);
        assert_eq!(moment.date(), "20150830");
        assert_eq!(basic(1_440_938_160), "20150830T123600Z");
    }

    #[test]
    fn a_date_header_is_read_even_with_the_wrong_weekday() {
        let moment = Timestamp::parse("Sun, 30 Aug 2015 12:36:00 GMT").unwrap();
        assert_eq!(moment.text(), "20150830T123600Z");
        let moment = Timestamp::parse("Mon, 09 Sep 2011 23:36:00 GMT").unwrap();
        assert_eq!(moment.text(), "20110909T233600Z");
    }

    #[test]
    fn what_is_not_a_moment_is_refused() {
        for text in [
            "",
            "20150830T123600",
            "20150230T123600Z",
            "20150830T243600Z",
            "2015-08-30T12:36:00Z",
            "2015083éT12360Z",
            "+0150830T123600Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moments_beyond_the_calendar_are_written_as_its_end() {
        assert_eq!(&basic(i64::MAX)[..4], "9999");
        assert_eq!(basic(i64::MIN).len(), basic(i64::MIN).trim().len());
    }
}
