//! What the log is told of requests that failed: our faults each, refused callers now and then.

use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_api::Error;
use strongroom_wire::Family;

/// Tells the log of failures without letting strangers fill it.
#[derive(Debug, Default)]
pub struct Complaints {
    refused: AtomicU64,
}

impl Complaints {
    /// Hears of a failed request. `recognised` says whether it got as far as an operation.
    ///
    /// Failures of ours are logged one by one. Signatures and credentials that were refused are
    /// logged at `debug`, and of these the 1st, 2nd, 4th, 8th … at `warn`, so that an operator sees
    /// them and an attacker cannot fill the disk.
    pub fn hear(&self, error: &Error, service: &str, recognised: bool, request_id: &str) {
        if error.is_internal() {
            let cause = cause_of(error);
            tracing::error!(service, request_id, "a request failed on our side: {cause}");
            return;
        }
        let code = error.code(Family::Json);
        if !recognised || !is_refusal(code) {
            return;
        }
        let count = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
        let message = error.message();
        if count.is_power_of_two() {
            tracing::warn!(service, request_id, count, "a caller was refused: {code}: {message}");
        } else {
            tracing::debug!(service, request_id, "a caller was refused: {code}: {message}");
        }
    }
}

/// Codes that speak of who signed, in both families of protocols.
fn is_refusal(code: &str) -> bool {
    const REFUSALS: &[&str] = &[
        "IncompleteSignature",
        "InvalidSignature",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
        "InvalidClientTokenId",
        "ExpiredToken",
        "RequestExpired",
    ];
    REFUSALS.contains(&code.strip_suffix("Exception").unwrap_or(code))
}

/// What is behind an error of ours, on one line; of other errors, what the caller is told.
#[must_use]
pub fn cause_of(error: &Error) -> String {
    error.cause().map_or_else(|| error.to_string(), |cause| Chain(cause).to_string())
}

/// An error with everything that caused it, on one line.
struct Chain<'a>(&'a (dyn std::error::Error + Send + Sync));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}
