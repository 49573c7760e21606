//! What goes back to a caller: a value, or a refusal in AWS's words.

use bytes::Bytes;
use serde_json::json;
use strongroom_client::{Error, Fault};

/// An answer without a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP's status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
    /// Whether the same question may be answered a little later.
    pub is_transient: bool,
}

impl Refusal {
    /// A refusal of the agent's own, in plain words.
    #[must_use]
    pub fn plain(status: u16, text: &str) -> Self {
        Self { status, body: Bytes::copy_from_slice(text.as_bytes()), is_transient: false }
    }

    /// 400.
    #[must_use]
    pub fn bad_request(text: &str) -> Self {
        Self::plain(400, text)
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::plain(404, "Not found")
    }

    /// An error with a code, as services answer.
    #[must_use]
    pub fn coded(status: u16, code: &str, message: &str) -> Self {
        let body = json!({ "__type": code, "message": message }).to_string();
        Self { status, body: Bytes::from(body), is_transient: false }
    }

    /// What came of asking the service, as AWS's agent tells it.
    #[must_use]
    pub fn upstream(error: &Error) -> Self {
        let refusal = match error.fault() {
            Fault::Service => Self::coded(error.status(), error.code(), error.message()),
            Fault::Timeout => {
                Self::coded(504, "TimeoutError", "Timeout occurred while retrieving the value")
            }
            Fault::Connection => {
                Self::coded(502, "ConnectionError", "Connection error while retrieving the value")
            }
            Fault::Credentials | Fault::Settings | Fault::Reply => {
                Self::coded(500, "InternalFailure", "")
            }
        };
        // Without credentials for the moment nobody is refused anything.
        let is_transient = error.is_transient() || error.fault() == Fault::Credentials;
        Self { is_transient, ..refusal }
    }
}
