//! Runs functions: contained processes that speak AWS's public Runtime API.
//!
//! # The tour
//!
//! - A [`Pool`](pool::Pool) hands each event to an instance: one that is idle, or a new one. It bounds
//!   how many there are.
//! - An [`Instance`](instance::Instance) is a process tree that works on one event after the other, with
//!   an HTTP server of its own ([`runtime_api`]) that only this tree can talk to ([`processes`]).
//! - [`wall`] is what a process cannot get past: own user or namespaces, a file system that shows little
//!   and can be written nowhere but in memory, resource limits, and no dangerous system call
//!   ([`seccomp`]).
//! - [`output`] is what it writes, line by line; [`fault`] how its failures look to callers.
//! - [`archive`] unpacks code.
//!
//! Nothing here knows a service: what is run, and as whom, is all in a [`Blueprint`].

pub mod archive;
mod blueprint;
pub mod fault;
pub mod instance;
pub mod output;
pub mod pool;
mod processes;
mod runtime_api;
mod seccomp;
pub mod wall;

pub use blueprint::{Blueprint, Clock, Folder, Sink};
pub use pool::{Busy, Pool, Refusal};

/// An event for a function.
#[derive(Debug, Clone)]
pub struct Event {
    /// The id of the invocation.
    pub request_id: String,
    /// The ARN that was called.
    pub invoked_arn: String,
    /// JSON.
    pub payload: Vec<u8>,
    /// The client context, as JSON.
    pub client_context: Option<String>,
}

/// What came of an event.
#[derive(Debug)]
pub struct Finished {
    /// What the function returned, or its error as AWS shows it.
    pub payload: Vec<u8>,
    /// Whether it is an error.
    pub is_error: bool,
    /// The end of what was written meanwhile, at most 4 KiB.
    pub log_tail: Vec<u8>,
}
