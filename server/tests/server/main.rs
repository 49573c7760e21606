//! A whole server in this process, asked over real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::disallowed_methods)]

mod commands;
mod connections;
mod counting;
mod durable;
mod hosts;
mod memory_identities;
mod protocols;
mod signatures;
mod support;
mod tiny;
mod trail;
mod transport;
mod why;
