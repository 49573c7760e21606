//! Amazon SNS: topics, subscriptions, and the delivery of what is published.
//!
//! # The tour
//!
//! - [`operations`] is the table of contents: one file for each operation.
//! - The rules are pure and have no I/O: [`filter_policy`] (who gets which message),
//!   [`delivery_policy`] (when a failed attempt is repeated), [`topic_attributes`],
//!   [`subscription_attributes`], [`message`], [`document`] (what is sent, and what of it is signed).
//! - Publishing stores the message and one entry of what is due; nothing else happens while the
//!   publisher waits. [`deliver`] does the rest: a message is fanned out to the subscriptions whose
//!   filter takes it, and every delivery is a record of its own until the endpoint has taken it or its
//!   attempts are used up. A crash at any step is made good by the run after it; an endpoint may then
//!   get a message twice, as with AWS.
//! - [`ports`] are what the service needs from outside: HTTP, e-mail, functions, and the address under
//!   which clients reach it.

mod arn;
pub mod deliver;
pub mod delivery_policy;
mod document;
mod due;
mod email;
mod endpoint;
mod error;
pub mod failure;
pub mod filter_policy;
mod find;
pub mod jobs;
mod message;
mod message_attributes;
mod not_offered;
pub mod operations;
mod page;
mod paths;
mod permission;
pub mod ports;
mod publish;
mod shapes;
mod signing;
mod subscription;
mod subscription_attributes;
mod tag;
mod topic;
mod topic_attributes;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use quick_cache::sync::Cache;
use strongroom_api::service::Query;
use strongroom_api::{Circumstances, Denials, Facts, Service};
use strongroom_records::Records;
use strongroom_wire::Result;

pub use operations::OPERATIONS;

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Sns>;

/// The service.
pub struct Sns {
    records: Arc<Records>,
    ports: ports::Ports,
    /// The last sequence number given to a message of a FIFO topic.
    sequence: AtomicU64,
    signatures: signing::Signatures,
    /// When each subscription that is throttled takes its next message.
    turns: Cache<String, Arc<AtomicI64>>,
}

impl Sns {
    /// The service over `records`, which reaches the world through `ports`.
    #[must_use]
    pub fn new(records: Arc<Records>, ports: ports::Ports) -> Self {
        Self {
            records,
            ports,
            sequence: AtomicU64::new(0),
            signatures: signing::Signatures::default(),
            turns: Cache::new(10_000),
        }
    }

    /// Whether the caller may publish to a topic. One that is not there can be published to by nobody.
    ///
    /// # Errors
    /// Internal only.
    pub async fn may_publish(
        &self,
        circumstances: &Circumstances<'_>,
        topic: &str,
    ) -> Result<bool> {
        let call = Call::new(self, circumstances);
        match find::topic(&call, topic).await {
            Ok(found) => Ok(call.would_allow("sns:Publish", &found)),
            Err(error) if error.is_internal() => Err(error),
            Err(_) => Ok(false),
        }
    }
}

impl Service for Sns {
    const FACTS: Facts = Facts {
        name: "sns",
        event_source: "sns.amazonaws.com",
        target_prefix: None,
        query: Some(Query {
            version: "2010-03-31",
            namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
        }),
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: not_offered::NOT_OFFERED,
    };
    const DENIALS: Denials = Denials { query_code: "AuthorizationError", spelled: Some("SNS") };
}
