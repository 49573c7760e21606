//! How an operator names a sink: `URL`, then `full=block|drop` and `spool=RECORDS`, with commas.

use std::path::PathBuf;

use crate::outward::Address;

/// A sink, as the operator named it.
#[derive(Clone, Debug)]
pub struct Spec {
    /// All of it.
    pub text: String,
    /// The URL.
    pub address: String,
    /// What it is.
    pub kind: Kind,
    /// What happens when it falls too far behind.
    pub full: Full,
    /// How many records may wait for it.
    pub spool: u64,
}

/// What a sink is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Lines at the end of a file.
    File(PathBuf),
    /// Messages of RFC 5424.
    Syslog(Syslog),
    /// Lines, posted.
    Http(Address),
    /// OTLP logs in JSON, posted.
    Otlp(Address),
}

/// Where syslog is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Syslog {
    /// One datagram for each message.
    Udp(String),
    /// Messages with their lengths before them (RFC 6587).
    Tcp(String),
    /// Datagrams to a socket of this machine.
    Unix(PathBuf),
}

/// What happens when a sink falls too far behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Calls fail until it has caught up.
    Block,
    /// Records are passed over.
    Drop,
}

const SPOOL: u64 = 1_000_000;

impl Spec {
    /// Reads several sinks, separated by spaces.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        text.split_whitespace().map(Self::parse).collect()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let address = parts.next().unwrap_or_default();
        let (mut full, mut spool) = (None, SPOOL);
        for part in parts {
            match part.split_once('=') {
                Some(("full", "block")) => full = Some(Full::Block),
                Some(("full", "drop")) => full = Some(Full::Drop),
                Some(("spool", records)) => {
                    let records = records.parse().ok().filter(|records| *records > 0);
                    spool = records.ok_or("expected spool=RECORDS with a number above 0")?;
                }
                _ => {
                    return Err(format!(
                        "expected full=block, full=drop or spool=RECORDS, not {part}"
                    ));
                }
            }
        }
        let full = full.ok_or("expected a choice, full=block or full=drop, behind each sink")?;
        let (text, kind) = (text.to_owned(), kind(address)?);
        Ok(Self { text, address: address.to_owned(), kind, full, spool })
    }
}

fn kind(address: &str) -> Result<Kind, String> {
    let expected = "expected file:PATH, syslog+tcp://HOST:PORT, syslog+udp://HOST:PORT, \
                    syslog+unix:PATH, http(s)://… or otlp+http(s)://…";
    if let Some(path) = address.strip_prefix("file:").filter(|path| !path.is_empty()) {
        return Ok(Kind::File(path.into()));
    }
    if let Some(path) = address.strip_prefix("syslog+unix:").filter(|path| !path.is_empty()) {
        return Ok(Kind::Syslog(Syslog::Unix(path.into())));
    }
    let is_place = |place: &&str| {
        place
            .rsplit_once(':')
            .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    };
    if let Some(place) = address.strip_prefix("syslog+tcp://").filter(is_place) {
        return Ok(Kind::Syslog(Syslog::Tcp(place.to_owned())));
    }
    if let Some(place) = address.strip_prefix("syslog+udp://").filter(is_place) {
        return Ok(Kind::Syslog(Syslog::Udp(place.to_owned())));
    }
    if let Some(url) = address.strip_prefix("otlp+") {
        return Address::parse(url).map(Kind::Otlp);
    }
    Address::parse(address).map(Kind::Http).map_err(|_| expected.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn sinks_are_read_with_what_happens_when_they_are_full() {
        let text = "file:/var/log/trail.jsonl,full=block \
                    syslog+tcp://logs:601,full=drop,spool=10 otlp+https://c/v1/logs,full=drop";
        let all = Spec::parse_all(text).unwrap();
        assert!(matches!(&all[0].kind, Kind::File(path) if path.ends_with("trail.jsonl")));
        assert_eq!((all[0].full, all[0].spool), (Full::Block, SPOOL));
        assert!(matches!(&all[1].kind, Kind::Syslog(Syslog::Tcp(to)) if to == "logs:601"));
        assert_eq!((all[1].full, all[1].spool), (Full::Drop, 10));
        assert!(matches!(&all[2].kind, Kind::Otlp(_)));
    }

    #[test]
    fn what_is_no_sink_or_leaves_the_choice_open_is_refused() {
        for text in [
            "file:/a",
            "file:,full=drop",
            "gopher://a,full=drop",
            "syslog+tcp://logs,full=drop",
            "file:/a,full=maybe",
            "file:/a,full=drop,spool=0",
        ] {
            assert!(Spec::parse_all(text).is_err(), "{text}");
        }
    }
}
