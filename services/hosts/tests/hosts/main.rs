//! Hosts that join, through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod joining;
mod sessions;
mod tokens;
mod walk;
mod world;
