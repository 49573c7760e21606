//! A line of the trail: an event with its sequence number and chain.

use aws_lc_rs::digest::{SHA256, digest};

use crate::{Chain, Position, TrailError};

/// The longest event that is accepted. CloudTrail's own records end at 256 KiB.
pub const MAX_EVENT_BYTES: usize = 1024 * 1024;
/// The longest line, its line end included.
pub(crate) const MAX_LINE_BYTES: usize = MAX_EVENT_BYTES + 256;

const SEQUENCE: &[u8] = b",\"sequence\":";
const CHAIN: &[u8] = b",\"chain\":\"";
const CHAIN_DIGITS: usize = 64;
const END: &[u8] = b"\"}";

/// Whether `event` is one compact JSON object on one line, as far as can be told in passing.
pub(crate) fn check_event(event: &[u8]) -> Result<(), TrailError> {
    let reason = if event.len() > MAX_EVENT_BYTES {
        "it is longer than 1 MiB"
    } else if !event.starts_with(b"{\"") || !event.ends_with(b"}") {
        "it is not a compact JSON object"
    } else if memchr::memchr2(b'\n', b'\r', event).is_some() {
        "it spans several lines"
    } else {
        return Ok(());
    };
    Err(TrailError::NotAnEvent { reason })
}

/// Makes lines in a buffer that is used again for the next one.
#[derive(Default)]
pub(crate) struct LineMaker {
    /// The previous chain, so that what is hashed lies in one piece, then the line.
    buffer: Vec<u8>,
}

impl LineMaker {
    /// The line, with its line end, that puts `event` after `previous`, and its position.
    pub(crate) fn chain(&mut self, previous: &Position, event: &[u8]) -> (&[u8], Position) {
        let sequence = previous.sequence + 1;
        self.buffer.clear();
        self.buffer.extend_from_slice(previous.chain.digits());
        self.buffer.extend_from_slice(&event[..event.len() - 1]);
        self.buffer.extend_from_slice(SEQUENCE);
        self.buffer.extend_from_slice(itoa::Buffer::new().format(sequence).as_bytes());
        let chain = Chain::from_hash(digest(&SHA256, &self.buffer).as_ref());
        self.buffer.extend_from_slice(CHAIN);
        self.buffer.extend_from_slice(chain.digits());
        self.buffer.extend_from_slice(END);
        self.buffer.push(b'\n');
        (&self.buffer[CHAIN_DIGITS..], Position { sequence, chain })
    }

    /// Whether `line` is what follows `previous`.
    pub(crate) fn follows(&mut self, line: &Line<'_>, previous: &Position) -> bool {
        self.buffer.clear();
        self.buffer.extend_from_slice(previous.chain.digits());
        self.buffer.extend_from_slice(line.hashed);
        Chain::from_hash(digest(&SHA256, &self.buffer).as_ref()) == line.position.chain
            && previous.sequence.checked_add(1) == Some(line.position.sequence)
    }
}

/// A line taken apart.
pub(crate) struct Line<'a> {
    /// Where the line says it is.
    pub(crate) position: Position,
    /// The line without its chain.
    hashed: &'a [u8],
}

impl<'a> Line<'a> {
    /// Takes apart a line without its line end; nothing if it is not a line of a trail at all.
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_suffix(END)?;
        let (rest, digits) = rest.split_at_checked(rest.len().checked_sub(CHAIN_DIGITS)?)?;
        let hashed = rest.strip_suffix(CHAIN)?;
        let number = hashed.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (event, number) = hashed.split_at(hashed.len() - number);
        if !event.starts_with(b"{\"") || !event.ends_with(SEQUENCE) || number.starts_with(b"0") {
            return None;
        }
        let sequence = std::str::from_utf8(number).ok()?.parse().ok()?;
        Some(Self { position: Position { sequence, chain: Chain::from_digits(digits)? }, hashed })
    }

    /// The event as its author wrote it, but for its closing brace.
    pub(crate) fn event_without_brace(&self) -> &'a [u8] {
        let number = self.hashed.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        &self.hashed[..self.hashed.len() - number - SEQUENCE.len()]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::{Line, LineMaker, MAX_EVENT_BYTES, check_event};
    use crate::Position;

    #[test]
    fn a_line_is_the_event_with_two_members_more() {
        let mut maker = LineMaker::default();
        let (line, position) = maker.chain(&Position::START, br#"{"eventName":"GetSecretValue"}"#);
        let value: serde_json::Value = serde_json::from_slice(line).unwrap();
        assert_eq!(value["eventName"], "GetSecretValue");
        assert_eq!(value["sequence"], 1);
        assert_eq!(value["chain"], position.chain.to_string());
        // As `sha256sum` computes it from 64 zeros and the line up to its chain.
        assert_eq!(
            position.chain.to_string(),
            "791b01a855fdd0aa515765d094f0c3771d6f1469afc2183ef1fc35c6ac5c86fd"
        );
    }

    #[test]
    fn a_line_follows_only_the_one_before_it() {
        let mut maker = LineMaker::default();
        let (_, first) = maker.chain(&Position::START, br#"{"a":1}"#);
        let (line, _) = maker.chain(&first, br#"{"a":2}"#);
        let line = line.to_vec();
        let line = Line::parse(line.strip_suffix(b"\n").unwrap()).unwrap();
        assert!(maker.follows(&line, &first));
        assert!(!maker.follows(&line, &Position::START));
        assert!(!maker.follows(&line, &Position { sequence: 7, ..first }));
    }

    #[test]
    fn an_event_cannot_pass_for_the_end_of_its_line() {
        let forged = format!("{{\"a\":1,\"sequence\":9,\"chain\":\"{}\"}}", "0".repeat(64));
        let mut maker = LineMaker::default();
        let (line, position) = maker.chain(&Position::START, forged.as_bytes());
        assert_eq!(Line::parse(line.strip_suffix(b"\n").unwrap()).unwrap().position, position);
    }

    #[test]
    fn what_is_not_one_compact_object_is_refused() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_EVENT_BYTES));
        for event in ["", "{", "{}", "[1]", "{ \"a\":1}", "{\"a\":\n1}", "{\"a\":1}\n", &long] {
            assert!(check_event(event.as_bytes()).is_err(), "{:.20}", event);
        }
        assert!(check_event(br#"{"a":{}}"#).is_ok());
    }

    #[test]
    fn no_bytes_at_all_make_parsing_fail_badly() {
        let mut maker = LineMaker::default();
        let (line, _) = maker.chain(&Position::START, br#"{"a":1}"#);
        let line = line.strip_suffix(b"\n").unwrap();
        for end in 0..line.len() {
            assert!(Line::parse(&line[..end]).is_none());
            assert!(Line::parse(&line[end + 1..]).is_none());
        }
    }
}
