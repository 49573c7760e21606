//! `GET /_strongroom/health`: whether to send requests here. Unsigned, and it tells nothing else.

use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;
use http::{Method, Response, StatusCode};
use zeroize::Zeroizing;

use crate::respond::{self, Reply};

/// Where health is asked for.
pub const PATH: &str = "/_strongroom/health";

/// Whether this server takes requests.
#[derive(Debug, Default)]
pub struct Health {
    stopping: AtomicBool,
}

impl Health {
    /// From now on the server only finishes what it has begun.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// The answer, if that is what the request asks for.
    #[must_use]
    pub fn answer(&self, head: &Parts, request_id: &str) -> Option<Response<Reply>> {
        if head.uri.path() != PATH || !(head.method == Method::GET || head.method == Method::HEAD) {
            return None;
        }
        let (status, text) = match self.stopping.load(Ordering::Relaxed) {
            false => (StatusCode::OK, "ready"),
            true => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        };
        let body = format!(r#"{{"status":"{text}","version":"{}"}}"#, env!("CARGO_PKG_VERSION"));
        let bytes = Zeroizing::new(body.into_bytes());
        Some(respond::response(status, "application/json", bytes, request_id.to_owned()))
    }
}
