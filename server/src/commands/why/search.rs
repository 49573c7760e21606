//! Finds records by an id, the latest first, since people ask about what just happened.

use std::path::Path;

use serde_json::Value;
use strongroom_trail::{read_from, tail};

use crate::failure::Failure;
use crate::foundation::of_trail;

/// Records that are read at once.
const BLOCK: u64 = 4_096;

/// The records whose event id or request id is `id`, in their order.
///
/// # Errors
/// For the operator: the trail cannot be read.
pub fn records(folder: &Path, id: &str) -> Result<Vec<Value>, Failure> {
    let newest = tail(folder, 1).map_err(of_trail)?.next().transpose().map_err(of_trail)?;
    let mut end = newest.map_or(0, |entry| entry.sequence);
    let mut found = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK) + 1;
        let block = block(folder, start, end, id)?;
        let is_done = block.is_oldest || (block.found.is_empty() && !found.is_empty());
        // The records of one request lie close together, but may lie on both sides of a block's edge.
        found.splice(0..0, block.found);
        if is_done {
            break;
        }
        end = start - 1;
    }
    Ok(found)
}

struct Block {
    found: Vec<Value>,
    /// Whether the trail begins here.
    is_oldest: bool,
}

fn block(folder: &Path, start: u64, end: u64, id: &str) -> Result<Block, Failure> {
    let mut block = Block { found: Vec::new(), is_oldest: true };
    for entry in read_from(folder, start) {
        let entry = entry.map_err(of_trail)?;
        if entry.sequence > end {
            break;
        }
        // Records before the first that is left were archived: nothing older is to be found.
        block.is_oldest &= entry.sequence != start || start == 1;
        block.found.extend(matching(&entry.line, id));
    }
    Ok(block)
}

fn matching(line: &[u8], id: &str) -> Option<Value> {
    // Most lines are passed over without being parsed.
    let text = std::str::from_utf8(line).ok().filter(|text| text.contains(id))?;
    let record: Value = serde_json::from_str(text).ok()?;
    ["eventID", "requestID"].iter().any(|key| record[*key] == id).then_some(record)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use serde_json::json;
    use strongroom_trail::{Options, Trail};

    use super::{BLOCK, records};

    #[test]
    fn records_are_found_by_either_id_in_every_block_of_the_trail() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::open(folder.path(), Options::default(), 0).unwrap();
        let count = 2 * BLOCK + 10;
        for number in 1..=count {
            let (event, request) = (format!("e{number}."), format!("r{}.", number / 2));
            let record = json!({"eventID": event, "requestID": request, "note": "e1."});
            trail.append(record.to_string().as_bytes()).unwrap();
        }
        let found = |id: &str| {
            let found = records(folder.path(), id).unwrap();
            found.iter().map(|one| one["sequence"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        for number in [1, 2, 10, 11, BLOCK, BLOCK + 10, BLOCK + 11, count] {
            assert_eq!(found(&format!("e{number}.")), [number]);
        }
        // The two records of this request lie on both sides of a block's edge.
        assert_eq!(found(&format!("r{}.", (BLOCK + 10) / 2)), [BLOCK + 10, BLOCK + 11]);
        assert!(found("e0.").is_empty());
        assert!(found("").is_empty());
    }
}
