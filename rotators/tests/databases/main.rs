//! Rotations in real databases, with Secrets Manager played by a fake.
//!
//! `conformance/rotation/servers.py` starts the databases and says where they are:
//! `python3 servers.py cargo test -p strongroom-rotators --test databases -- --ignored`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod account;
mod fake;
mod mysql;
mod postgresql;
mod redis;
