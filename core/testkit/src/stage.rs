//! A place to call from: a caller, a clock, a tape.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::Value;
use strongroom_api::{
    Body, Caller, Circumstances, Entropy, Error, Host, Ids, Protocol, Source, Timestamp,
};
use strongroom_seal::SeededEntropy;
use strongroom_wire::protocol::Family;

use crate::Tape;

/// The account that tests call from.
pub const ACCOUNT: &str = "123456789012";
/// The region that tests call.
pub const REGION: &str = "us-east-1";

/// A place to call from. Cheap to clone into another caller or region; clock and tape are shared.
#[derive(Clone)]
pub struct Stage {
    /// Who calls.
    pub caller: Arc<Caller>,
    /// Which region is called.
    pub region: String,
    /// What was recorded.
    pub tape: Arc<Tape>,
    now: Arc<AtomicI64>,
    entropy: Arc<dyn Entropy>,
    ids: Arc<Ids>,
}

/// An AWS error as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: String,
    /// The message.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
}

impl Stage {
    /// The root user of [`ACCOUNT`] in [`REGION`] on 2026-01-31 at 10:20:30 UTC.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(seed));
        Self {
            caller: Arc::new(Caller::root(ACCOUNT, Some("AKIAROOTEXAMPLE00000".to_owned()))),
            region: REGION.to_owned(),
            tape: Arc::default(),
            now: Arc::new(AtomicI64::new(1_769_854_830_000)),
            ids: Arc::new(Ids::new(&*entropy)),
            entropy,
        }
    }

    /// The same stage with another caller.
    #[must_use]
    pub fn as_caller(&self, caller: Caller) -> Self {
        Self { caller: Arc::new(caller), ..self.clone() }
    }

    /// The same stage in another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    /// The time on the clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    /// Moves the clock.
    pub fn advance_millis(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    /// Moves the clock by whole days.
    pub fn advance_days(&self, days: i64) {
        self.advance_millis(days * 86_400_000);
    }

    /// The circumstances of a call from here, for tests that call Rust functions.
    #[must_use]
    pub fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            caller: &self.caller,
            region: &self.region,
            now: self.now(),
            request_id: "11111111-2222-4333-8444-555555555555",
            source: Source { address: "127.0.0.1", user_agent: "test", ..Source::default() },
            via: None,
            recorder: &*self.tape,
            entropy: &*self.entropy,
            ids: &self.ids,
        }
    }

    /// Calls `operation` with a JSON body through the dispatch a client uses.
    ///
    /// # Errors
    /// The AWS error.
    pub async fn call(
        &self,
        host: &dyn Host,
        operation: &str,
        body: &str,
    ) -> Result<Value, Refusal> {
        self.call_bytes(host, operation, body.as_bytes()).await
    }

    /// The same with any bytes.
    ///
    /// # Errors
    /// The AWS error.
    pub async fn call_bytes(
        &self,
        host: &dyn Host,
        operation: &str,
        body: &[u8],
    ) -> Result<Value, Refusal> {
        let position = host.find(operation).unwrap_or_else(|| panic!("{operation} is not offered"));
        let protocol = Protocol::Json11;
        let circumstances = self.circumstances();
        let body = Body { protocol, members: protocol.read(body) };
        match host.perform(position, &circumstances, body).await {
            Ok(reply) => Ok(serde_json::from_slice(&reply).expect("a reply is JSON")),
            Err(error) => Err(Refusal::from(&error)),
        }
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(Family::Json).to_owned(),
            message: error.message().to_owned(),
            status: error.status(Family::Json),
        }
    }
}
