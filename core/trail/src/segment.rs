//! The files of a trail: their names and order.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::TrailError;

/// A file of the trail, named `trail-<first sequence>-<time of its first event>.jsonl`, with `.zst`
/// behind it once it is compressed.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// The sequence number of its first line.
    pub(crate) first: u64,
    pub(crate) path: PathBuf,
}

/// The segments in `folder`, in order. Other files do not count.
pub(crate) fn list(folder: &Path) -> Result<Vec<Segment>, TrailError> {
    let failed = |source| TrailError::File { action: "list", path: folder.into(), source };
    let mut segments = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if let Some(first) = entry.file_name().to_str().and_then(first_sequence) {
            segments.push(Segment { first, path: entry.path() });
        }
    }
    segments.sort_by(|one, other| (one.first, &one.path).cmp(&(other.first, &other.path)));
    // A crash may leave a segment beside what it was compressed into: the original counts.
    segments.dedup_by(|later, earlier| later.path == packed(&earlier.path));
    Ok(segments)
}

/// The name of the segment that begins with `event`, as number `first`.
///
/// The time is the event's own, and `fallback_ms` since the epoch if it has none.
pub(crate) fn name(first: u64, event: &[u8], fallback_ms: u64) -> String {
    let time = event_time(event).unwrap_or_else(|| compact_time(fallback_ms));
    format!("trail-{first:016}-{time}.jsonl")
}

/// Makes the folder, for its owner alone, unless it is there.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Whether this is a compressed segment.
pub(crate) fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "zst")
}

/// What the segment at `path` is called once it is compressed.
pub(crate) fn packed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".zst");
    name.into()
}

/// The time in a segment's name: `20260131T102030Z`.
pub(crate) fn time(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_suffix(".zst").unwrap_or(name).strip_suffix(".jsonl")?;
    name.rsplit('-').next()
}

fn first_sequence(name: &str) -> Option<u64> {
    let name = name.strip_suffix(".zst").unwrap_or(name);
    let rest = name.strip_prefix("trail-")?.strip_suffix(".jsonl")?;
    let (first, _time) = rest.split_once('-')?;
    let is_number = first.len() >= 16 && first.bytes().all(|byte| byte.is_ascii_digit());
    first.parse().ok().filter(|first| is_number && *first > 0)
}

/// `20260131T102030Z` from `"eventTime":"2026-01-31T10:20:30Z"`.
fn event_time(event: &[u8]) -> Option<String> {
    let member = b"\"eventTime\":\"";
    let start = memchr::memmem::find(event, member)? + member.len();
    let time = std::str::from_utf8(event.get(start..start + 20)?).ok()?;
    let compact: String = time.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let is_digit_but = |(at, byte): (usize, u8)| match at {
        8 => byte == b'T',
        15 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    (compact.len() == 16 && compact.bytes().enumerate().all(is_digit_but)).then_some(compact)
}

pub(crate) fn compact_time(epoch_ms: u64) -> String {
    let time = i64::try_from(epoch_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.unwrap_or(Timestamp::UNIX_EPOCH).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::{first_sequence, name};

    #[test]
    fn a_segment_is_named_after_its_first_event() {
        let event = br#"{"eventVersion":"1.11","eventTime":"2026-01-31T10:20:30Z"}"#;
        assert_eq!(name(7, event, 0), "trail-0000000000000007-20260131T102030Z.jsonl");
        assert_eq!(first_sequence(&name(7, event, 0)), Some(7));
    }

    #[test]
    fn an_event_without_a_usable_time_falls_back_to_the_time_of_opening() {
        for event in ["{\"a\":1}", "{\"eventTime\":\"../../etc/passwd  \"}", "{\"eventTime\":\"20"]
        {
            let name = name(1, event.as_bytes(), 1_769_854_830_000);
            assert_eq!(name, "trail-0000000000000001-20260131T102030Z.jsonl");
        }
    }

    #[test]
    fn other_files_are_not_segments() {
        let names = ["head.json", "lock", "trail-1-x.jsonl", "trail-0000000000000000-x.jsonl"];
        assert!(names.iter().all(|name| first_sequence(name).is_none()));
        assert_eq!(first_sequence("trail-0000000000000001-x.jsonl.120.torn"), None);
    }
}
