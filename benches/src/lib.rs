//! Drives the binary `strongroom` from outside, over loopback: starts it, kills it, signs requests,
//! sends them as fast as they are answered, and reads what it took.
//!
//! The benchmarks (`cargo run --release -p strongroom-benches`) and the crash test
//! (`conformance/crash`) stand on it. It knows the server as any client does and no crate of it.

// Measuring is telling the time.
#![allow(clippy::disallowed_methods)]

pub mod bare;
pub mod client;
pub mod disk;
pub mod load;
pub mod parts;
pub mod process;
pub mod random;
pub mod secrets;
pub mod server;
pub mod signer;
pub mod table;
pub mod talk;

/// Why something could not be measured, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What is measured, or why it could not be.
pub type Result<T, E = Failure> = std::result::Result<T, E>;
