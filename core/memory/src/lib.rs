//! Keeping key material out of swap, core dumps and other processes.
//!
//! Two things, both best effort, because a container may forbid either and a secret store that
//! refuses to start there protects nothing:
//! - [`harden_process`], called once by the server before it reads any key;
//! - [`LockedKey`], 32 bytes in a page of their own, which the root key lives in.
//!
//! Everything unsafe is in the modules `process` and `locked_key`: a handful of system calls and one
//! pointer to a page. Neither touches memory that Rust manages.

mod locked_key;
mod process;

pub use locked_key::LockedKey;
pub use process::{Hardening, harden_process};
