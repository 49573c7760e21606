//! Events that follow a reply, one after the other, for as long as somebody listens.

use strongroom_wire::Timestamp;

/// An event of such a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The name of the member of the stream's shape: `sessionUpdate`, or that of an exception.
    pub name: &'static str,
    /// Whether it is an exception, which ends the stream.
    pub is_exception: bool,
    /// Its members as JSON.
    pub payload: Vec<u8>,
}

/// What follows a reply. Whoever writes the reply asks for it about once a second; what comes together
/// while nobody asks, because the reader is slow, must be bounded by whoever collects it.
pub trait Events: std::fmt::Debug + Send {
    /// What has come together since the last time; `None` when there will be no more.
    fn pulse(&mut self, now: Timestamp) -> Option<Vec<Event>>;
}
