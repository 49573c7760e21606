//! `application/vnd.amazon.eventstream`: messages that follow each other in one response.
//!
//! A message is its length, the length of its headers and a checksum of the two; then headers and
//! payload; then a checksum of all that. Numbers are big-endian.

/// The media type of a response that is made of such messages.
pub const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// The type of a header's value that is text.
const TEXT: u8 = 7;
/// Both lengths and their checksum.
const PRELUDE_BYTES: usize = 12;
/// The checksum at the end.
const CHECKSUM_BYTES: usize = 4;

/// The first message of a stream: the members of the reply that are no events.
#[must_use]
pub fn initial_response(content_type: &str, payload: &[u8]) -> Vec<u8> {
    let kind = [(":message-type", "event"), (":event-type", "initial-response")];
    message(&[kind[0], kind[1], (":content-type", content_type)], payload)
}

/// An event; its payload is JSON.
#[must_use]
pub fn event(name: &str, payload: &[u8]) -> Vec<u8> {
    let kind = [(":message-type", "event"), (":event-type", name)];
    message(&[kind[0], kind[1], (":content-type", "application/json")], payload)
}

/// An exception that the service's model names; its payload is JSON.
#[must_use]
pub fn exception(name: &str, payload: &[u8]) -> Vec<u8> {
    let kind = [(":message-type", "exception"), (":exception-type", name)];
    message(&[kind[0], kind[1], (":content-type", "application/json")], payload)
}

fn message(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    for (name, value) in headers {
        // Names and values are ours, and short.
        encoded.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        encoded.extend_from_slice(name.as_bytes());
        encoded.push(TEXT);
        encoded.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        encoded.extend_from_slice(value.as_bytes());
    }
    let total = PRELUDE_BYTES + encoded.len() + payload.len() + CHECKSUM_BYTES;
    let mut bytes = Vec::with_capacity(total);
    for length in [total, encoded.len()] {
        bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
    bytes.extend_from_slice(&encoded);
    bytes.extend_from_slice(payload);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_laid_out_as_documented() {
        // AWS's own sample of a message without headers and payload.
        assert_eq!(
            message(&[], b""),
            [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff]
        );
        let message = event("sessionUpdate", b"{}");
        let lengths = [&message[..4], &message[4..8]].map(|bytes| {
            bytes.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte))
        });
        assert_eq!(lengths, [message.len(), message.len() - 16 - 2]);
        assert_eq!(&message[12..26], b"\x0d:message-type");
        assert_eq!(&message[26..34], b"\x07\0\x05event");
        assert_eq!(&message[message.len() - 6..message.len() - 4], b"{}");
    }

    #[test]
    fn an_exception_says_so() {
        let message = exception("SessionTimeoutException", b"{}");
        let text = String::from_utf8_lossy(&message);
        assert!(text.contains(":exception-type") && text.contains("SessionTimeoutException"));
    }
}
