//! How often a second the disk makes a write durable, by itself.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;

/// A page of the store's log and its header, about what a small commit appends.
const BYTES: usize = 4_120;

/// Appends to a new file in `folder` and calls `fdatasync` after each, for as long as `length`; returns
/// how many a second.
///
/// # Errors
/// The disk's.
pub fn syncs_per_second(folder: &Path, length: Duration) -> Result<f64> {
    let mut file = tempfile::tempfile_in(folder)?;
    append(&mut file)?;
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < length {
        append(&mut file)?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

fn append(file: &mut File) -> Result<()> {
    file.write_all(&[0x5a; BYTES])?;
    Ok(file.sync_data()?)
}
