//! The append-only audit log: one JSON line for each event, each chained to the one before.
//!
//! A line is the event as its author wrote it, with two members added at its end:
//!
//! ```text
//! {…the event…,"sequence":7,"chain":"<64 hex digits>"}
//! ```
//!
//! `chain` is the SHA-256 of the previous line's chain, as those 64 digits, followed by this line
//! up to and excluding `,"chain"`. The first line follows 64 zeros. So a shell can check a line:
//!
//! ```text
//! printf '%s%s' "$previous_chain" "${line%,\"chain\":*}" | sha256sum
//! ```
//!
//! **What holds.** When [`Trail::append`] returns, the line is in the kernel's hands and survives
//! the death of the process; it is on disk at most [`Options::sync_interval`] and one `fdatasync`
//! later, or when [`Trail::sync`] returns; a power loss may take what is not. A line that cannot be
//! written is an error, so that the caller can fail closed, and leaves nothing behind.
//!
//! **What [`verify`] finds.** Any line changed, removed, inserted or moved, and whatever does not fit
//! the signed [`Digest`]s beside the segments. It cannot find that everything since the last digest was
//! cut off or written anew by someone who can write the files, or that the whole folder was put back
//! to what it was, unless it is told a [`Position`] or a digest remembered elsewhere.
//!
//! **What becomes of old segments.** Closed ones are compressed ([`compress_next`]) and in the end
//! retired ([`retire`]), which a digest says before it is done.

mod digest;
mod disk;
mod error;
#[cfg(test)]
mod failing_disk;
mod follow;
mod head_file;
mod keep;
mod line;
mod lines;
mod log;
mod packed;
mod position;
mod read;
mod recover;
mod ring;
mod segment;
mod set_aside;
mod sync;
mod tail_window;
mod testimony;
mod trail;
mod verify;

pub use digest::{
    ALGORITHM, Digest, DigestKey, Draft, Signed, last_digest, read_keys, write_digest, write_keys,
};
pub use error::TrailError;
pub use follow::Follower;
pub use keep::{compress_next, retirable, retire};
pub use line::MAX_EVENT_BYTES;
pub use position::{Chain, Position, hex};
pub use read::{Entry, Reader, read_from, tail};
pub use trail::{Options, Trail};
pub use verify::{Expectations, Problem, ProblemKind, Remembered, Report, verify};
