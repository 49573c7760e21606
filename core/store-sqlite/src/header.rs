//! The first hundred bytes of the file: whose it is, which format, whether it is whole.
//!
//! SQLite takes some of these bytes at their word (a flipped one makes it read-only, or makes it read
//! every page differently), so they are checked before SQLite sees the file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use strongroom_store::StoreError;

use crate::error::{damaged, system};
use crate::schema::{APPLICATION_ID, FORMAT, PAGE_BYTES};

const HEADER_BYTES: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Checks the header of the file at `path`.
///
/// # Errors
/// `Foreign`, `Newer` or `Damaged`.
pub fn check(path: &Path) -> Result<(), StoreError> {
    let mut header = [0; HEADER_BYTES];
    let mut file = File::open(path).map_err(system)?;
    match file.read_exact(&mut header) {
        Ok(()) => check_bytes(&header),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(StoreError::Foreign),
        Err(error) => Err(system(error)),
    }
}

fn check_bytes(header: &[u8; HEADER_BYTES]) -> Result<(), StoreError> {
    let ours = number(header, 68) == APPLICATION_ID;
    match (header.starts_with(MAGIC), ours) {
        (true, true) => {}
        (false, true) => return Err(damaged("the file header is not SQLite's")),
        (_, false) => return Err(StoreError::Foreign),
    }
    match number(header, 60) {
        FORMAT => {}
        found if found > FORMAT => {
            return Err(StoreError::Newer { found, known: FORMAT });
        }
        found => return Err(damaged(format!("the file header names format {found}"))),
    }
    // Offsets and meanings as in SQLite's file format, section 1.3.
    let page_bytes = u32::from(u16::from_be_bytes([header[16], header[17]]));
    let whole = page_bytes == PAGE_BYTES
        && header[18..24] == [2, 2, 0, 64, 32, 32] // WAL, no reserved bytes, payload fractions
        && number(header, 44) == 4 // schema format
        && number(header, 52) == 0 // no auto-vacuum
        && number(header, 56) == 1 // UTF-8
        && number(header, 64) == 0 // no incremental vacuum
        && header[72..92] == [0; 20];
    if whole { Ok(()) } else { Err(damaged("the file header is not one this program writes")) }
}

fn number(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
}
