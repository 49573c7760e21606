//! An access key as signatures are checked with it, and who calls with it.

use std::sync::Arc;

use strongroom_wire::Sensitive;

use crate::caller::Caller;

/// An access key, long-term or of a session, ready to check signatures and to decide with.
#[derive(Debug)]
pub struct Credential {
    /// `AKIA…` or `ASIA…`.
    pub access_key_id: String,
    /// The 12 digits of the account that owns it.
    pub account: String,
    /// The secret access key.
    pub secret: Sensitive<String>,
    /// Rises whenever anything changes that this was made from.
    pub generation: u64,
    /// Whether it may be used.
    pub active: bool,
    /// Who calls with it.
    pub caller: Arc<Caller>,
}
