//! What the service needs from outside: the records of calls, and the keys that sign digests.

use strongroom_api::{BoxFuture, Result, Shape, Timestamp};

use crate::event::Event;

/// Where the records of calls are.
pub trait Events: Send + Sync {
    /// The newest events that `query` is about and that are before `query.before`, newest first, at
    /// most `limit`.
    ///
    /// # Errors
    /// Internal only: the records cannot be read.
    fn newest<'a>(&'a self, query: Query, limit: usize) -> BoxFuture<'a, Result<Found>>;
}

/// Which events are looked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// The account that they belong to.
    pub account: String,
    /// The region that they happened in.
    pub region: String,
    /// What they have in common, if anything.
    pub attribute: Option<(Attribute, String)>,
    /// Not earlier than this second.
    pub from: Option<i64>,
    /// Not later than this second.
    pub to: Option<i64>,
    /// Where an earlier answer ended.
    pub before: Option<u64>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The events.
    pub events: Vec<Event<'static>>,
    /// Where to go on, if there may be more.
    pub next: Option<u64>,
}

/// By what events are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
#[allow(missing_docs)]
pub enum Attribute {
    EventId,
    EventName,
    ReadOnly,
    Username,
    ResourceType,
    ResourceName,
    EventSource,
    AccessKeyId,
}

/// Where the keys are that sign digests.
pub trait PublicKeys: Send + Sync {
    /// Every key, the oldest first.
    ///
    /// # Errors
    /// Internal only: they cannot be read.
    fn public_keys(&self) -> BoxFuture<'_, Result<Vec<PublicKey>>>;
}

/// A key that signs digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// PKCS #1, DER.
    pub value: Vec<u8>,
    /// From when on it signs.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// 32 hexadecimal digits.
    pub fingerprint: String,
}
