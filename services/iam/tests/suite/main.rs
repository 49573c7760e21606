//! IAM as a client sees it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod access_keys;
mod groups;
mod policies;
mod profiles;
mod providers;
mod roles;
mod table;
mod users;
mod world;
