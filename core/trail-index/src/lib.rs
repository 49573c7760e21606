//! Finds records of the trail by what they are about, newest first, without reading the rest.
//!
//! An index knows records by their sequence numbers, their times and *terms*: 64-bit hashes of whatever
//! a record can be looked up by. It says which records may match; whoever asks reads those and looks, so
//! that two terms that happen to be alike do no harm.
//!
//! The latest records are kept in memory. Every [`BLOCK_RECORDS`] of them become a block: a file that is
//! never changed again, sorted by term, in which a term is found with one or two reads. So memory is
//! bounded whatever the length of the trail, and a look-up that finds little reads little.
//!
//! The files are derived from the trail and may be deleted at any time; what is missing is added anew
//! from [`Index::next`] on. A crash loses no more than the records in memory.

mod block;
mod error;
mod index;
mod live;
mod term;

pub use error::IndexError;
pub use index::{Index, Wanted};
pub use term::{Stem, term};

/// How many records a block holds.
pub const BLOCK_RECORDS: usize = 65_536;
