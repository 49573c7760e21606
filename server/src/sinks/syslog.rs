//! Syslog: one message of RFC 5424 for each record, which is its text.

use std::time::Duration;

use strongroom_trail::Entry;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpStream, UdpSocket, UnixDatagram};
use tokio::time::timeout;

use super::Fault;
use super::spec::Syslog;

/// Facility 13, log audit; severity 6, informational.
const PRIORITY: u8 = 13 * 8 + 6;
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends the records of `batch`.
pub(super) async fn write(to: &Syslog, batch: &[Entry]) -> Result<(), Fault> {
    timeout(PATIENCE, send(to, batch)).await?
}

async fn send(to: &Syslog, batch: &[Entry]) -> Result<(), Fault> {
    match to {
        Syslog::Tcp(place) => {
            let mut framed = Vec::new();
            for message in batch.iter().map(message) {
                framed.extend_from_slice(format!("{} ", message.len()).as_bytes());
                framed.extend_from_slice(&message);
            }
            let mut stream = TcpStream::connect(place).await?;
            stream.write_all(&framed).await?;
            // The end is told, so that what was sent is taken before the connection goes.
            Ok(stream.shutdown().await?)
        }
        Syslog::Udp(place) => {
            let any = if place.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
            let socket = UdpSocket::bind(any).await?;
            socket.connect(place).await?;
            for message in batch.iter().map(message) {
                socket.send(&message[..message.len().min(LONGEST_DATAGRAM)]).await?;
            }
            Ok(())
        }
        Syslog::Unix(path) => {
            let socket = UnixDatagram::unbound()?;
            socket.connect(path)?;
            for message in batch.iter().map(message) {
                socket.send(&message).await?;
            }
            Ok(())
        }
    }
}

/// What fits into a datagram of IPv4; RFC 5424 lets longer messages be cut.
const LONGEST_DATAGRAM: usize = 65_507;

/// The message of a record.
fn message(entry: &Entry) -> Vec<u8> {
    let text = String::from_utf8_lossy(&entry.line);
    let member = |name: &str| {
        let start = text.find(name)? + name.len();
        text.get(start..)?.split('"').next().filter(|value| is_header(value))
    };
    let time = member("\"eventTime\":\"").unwrap_or("-");
    let kind = member("\"eventName\":\"").unwrap_or("-");
    let header = format!("<{PRIORITY}>1 {time} - strongroom {} {kind} - ", std::process::id());
    let mut message = header.into_bytes();
    message.extend_from_slice(&entry.line);
    message
}

/// Whether a text may stand in the header: printable ASCII, 32 characters at most.
fn is_header(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn a_message_has_the_header_of_rfc_5424_and_the_record_as_its_text() {
        let line = r#"{"eventTime":"2026-01-31T10:20:30Z","eventName":"GetSecretValue"}"#;
        let entry = Entry { sequence: 1, line: line.as_bytes().to_vec() };
        let id = std::process::id();
        let expected =
            format!("<110>1 2026-01-31T10:20:30Z - strongroom {id} GetSecretValue - {line}");
        assert_eq!(String::from_utf8(message(&entry)).unwrap(), expected);
    }

    #[test]
    fn what_a_header_cannot_hold_is_left_out() {
        let line = r#"{"eventTime":"a b","eventName":""}"#;
        let entry = Entry { sequence: 1, line: line.as_bytes().to_vec() };
        let message = String::from_utf8(message(&entry)).unwrap();
        assert!(message.starts_with("<110>1 - - strongroom "), "{message}");
    }
}
