//! A small signed client of AWS's APIs, for our own programs: the agent, `exec`, rotators.
//!
//! It asks Strongroom or AWS itself, whichever the standard AWS variables name:
//!
//! ```no_run
//! # async fn f() -> Result<(), strongroom_client::Error> {
//! use strongroom_client::{Client, SECRETS_MANAGER, ThisMachine, process_variables};
//!
//! let client = Client::from_environment(process_variables(), ThisMachine::shared()).await?;
//! let reply = client
//!     .json(SECRETS_MANAGER, "secretsmanager.GetSecretValue", br#"{"SecretId":"db"}"#)
//!     .await?;
//! # let _ = reply; Ok(()) }
//! ```
//!
//! Time and randomness come from a [`Machine`], so that tests turn the clock. Bodies and keys are
//! wiped when they are dropped; what hyper and rustls buffer in between is theirs.

mod client;
mod connector;
mod credentials;
mod error;
mod machine;
mod moment;
mod profile;
mod roots;
mod service;
mod settings;
mod sign;
mod transport;
mod xml;

pub use client::{Client, Request};
pub use credentials::{
    AssumeRole, Credentials, Enrolment, Fresh, HostKey, HostSessions, Provide, Providing, Static,
    chain, configured, read_document,
};
pub use error::{Error, Fault};
pub use machine::{Machine, ThisMachine, Variables, process_variables};
pub use moment::Moment;
pub use service::{HOSTS, IAM, KMS, LAMBDA, SECRETS_MANAGER, SNS, SSM, STS, Service};
pub use settings::Settings;
pub use transport::{Response, Stream, Transport};
pub use xml::{element, unescaped};
