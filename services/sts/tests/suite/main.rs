//! STS as a client sees it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod assume_role;
mod table;
mod tokens;
mod web_identity;
mod world;
