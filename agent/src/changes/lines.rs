//! Server-sent events out of the bytes of a stream, bounded.

/// The longest event; one that is longer is cut, and says so.
const MAX_BYTES: usize = 256 << 10;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// `event:`.
    pub name: String,
    /// `data:`, its lines joined.
    pub data: String,
    /// `id:`.
    pub id: Option<String>,
    /// Whether it was too long.
    pub is_cut: bool,
}

/// What has come of an event so far.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
    event: Event,
}

impl Lines {
    /// Takes the next bytes, and gives the events that are whole.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                if self.line.len() < MAX_BYTES {
                    self.line.push(*byte);
                } else {
                    self.event.is_cut = true;
                }
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = String::from_utf8_lossy(&line);
            let line = line.strip_suffix('\r').unwrap_or(&line);
            if !line.is_empty() {
                self.take(line);
            } else if self.event != Event::default() {
                events.push(std::mem::take(&mut self.event));
            }
        }
        events
    }

    fn take(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        let event = &mut self.event;
        match field {
            "id" if value.len() <= 1_024 => event.id = Some(value.to_owned()),
            "event" => event.name = value.chars().take(64).collect(),
            "data" if event.data.len() + value.len() > MAX_BYTES => event.is_cut = true,
            "data" => {
                if !event.data.is_empty() {
                    event.data.push('\n');
                }
                event.data.push_str(value);
            }
            // Comments keep the connection alive; anything else is for others.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn events_are_found_however_the_bytes_are_cut() {
        let text = ": hello\n\nid: 7\r\nevent: change\ndata: {\"a\":\ndata: 1}\n\nid: 8\n\n: still there\n\n";
        for size in 1..text.len() {
            let mut lines = Lines::default();
            let events: Vec<Event> =
                text.as_bytes().chunks(size).flat_map(|bytes| lines.push(bytes)).collect();
            assert_eq!(events.len(), 2, "{size}");
            assert_eq!(
                (events[0].data.as_str(), events[0].name.as_str()),
                ("{\"a\":\n1}", "change")
            );
            assert_eq!(events[1].id.as_deref(), Some("8"));
        }
    }

    #[test]
    fn an_event_without_end_takes_no_more_than_its_bound() {
        let mut lines = Lines::default();
        for _ in 0..64 {
            assert!(lines.push(&[b'x'; 16 << 10]).is_empty());
        }
        assert!(lines.line.len() <= MAX_BYTES);
        assert!(lines.push(b"\n\n")[0].is_cut);
    }
}
