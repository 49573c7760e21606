//! Hosts that prove who they are with a key of their own, and get sessions of a role for it.
//!
//! This service is not AWS's: there it is EC2 that knows its instances. Its actions are `strongroom:…`.
//!
//! # The tour
//!
//! - A [`token`] is made for one role and one host, by somebody who may pass that role. It is good for
//!   minutes and for one enrolment.
//! - `JoinHost` burns the token and registers a [`host`] with the public half of the key that it has made;
//!   [`assigned`] is what a host gets sessions of.
//! - `CreateHostChallenge` gives out a [`challenge`], and `CreateHostSession` takes it back signed:
//!   [`proof`] is what is signed and who checks it. The session comes from the port [`ports::Sessions`].
//! - [`Enrolled`] is what everybody else asks: whether a host still is one.
//!
//! Those who have only a token or a key are nobody yet; how often they may ask is bounded by [`pace`].

pub mod assigned;
pub mod challenge;
mod enrolled;
mod error;
pub mod host;
mod ids;
pub mod operations;
pub mod pace;
mod page;
mod paths;
pub mod ports;
pub mod proof;
pub mod token;

use std::sync::Arc;

use strongroom_api::{Facts, Service};
use strongroom_records::Records;

pub use enrolled::Enrolled;
pub use operations::OPERATIONS;

use pace::Pace;
use ports::Ports;

/// The service.
pub struct Hosts {
    records: Arc<Records>,
    ports: Ports,
    pace: Pace,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Hosts>;

impl Hosts {
    /// The service over `records`, with what it needs from outside.
    #[must_use]
    pub fn new(records: Arc<Records>, ports: Ports) -> Self {
        Self { records, ports, pace: Pace::new() }
    }
}

impl Service for Hosts {
    const FACTS: Facts = Facts {
        name: "strongroom",
        event_source: "hosts.strongroom",
        target_prefix: Some("StrongroomHosts"),
        query: None,
        echoes_values: false,
        capital_message: false,
        global: true,
        not_offered: &[],
    };
}
