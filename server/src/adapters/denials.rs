//! Explanations of denials, sealed by STS.

use std::sync::Arc;

use strongroom_sts::Sts;

use crate::ports::Denials;

/// The port `Denials` over STS.
pub struct StsDenials(pub Arc<Sts>);

impl Denials for StsDenials {
    fn encode(&self, account: &str, explanation: &str) -> Option<String> {
        self.0.encode_authorization_message(account, explanation)
    }
}
