//! What a secret must look like after each change: the model that a killed server is held against.
//!
//! Pure, and written from AWS's documentation rather than from the server's code. The test that kills
//! is `tests/crash.rs`.

mod change;
mod secret;

pub use change::Change;
pub use secret::{CURRENT, PREVIOUS, Secret, value};
