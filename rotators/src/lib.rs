//! The built-in rotators: functions that change a database's password, under the names of AWS's
//! templates.
//!
//! ```text
//! Runtime API ──event──▶ handler ──step──▶ Rotator (single user, alternating users, password only)
//!                                             │ Secrets: GetSecretValue, PutSecretValue, …
//!                                             └ Engine: PostgreSQL, MySQL and MariaDB, MongoDB, Redis
//!                                          WebService: any service, by requests that the secret describes
//! ```
//!
//! They run in a process of their own, the same executable started as a function: drivers of
//! databases, which read what strange servers send, never share memory with the keys. From the outside
//! there is no difference to a function that somebody has deployed.
//!
//! **Passwords** stand in no error and no line of the log. Where a protocol allows it they stand in no
//! statement either: PostgreSQL and Redis are given what they would store.

mod aws;
mod builtin;
mod document;
mod engine;
mod error;
mod function;
mod handler;
mod https;
mod login;
mod password;
mod rehearsal;
mod rotator;
mod run;
mod runtime;
mod secrets;
mod sql;
mod strategy;
mod trust;

pub use builtin::{Builtin, EngineKind, NAMES, Strategy, find};
pub use error::Error;
pub use function::Function;
pub use password::PasswordRules;
pub use rehearsal::{Finding, Outcome, Rehearsal};
pub use run::run;
pub use secrets::{CallError, Description, Rotation, Secrets};
