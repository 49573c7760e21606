//! Roles Anywhere through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod trust;
mod walk;
