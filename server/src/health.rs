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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    fn asked(method: &str, path: &str) -> Parts {
        http::Request::builder().method(method).uri(path).body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_server_that_stops_says_so_to_load_balancers() {
        let health = Health::default();
        let status = |health: &Health| health.answer(&asked("GET", PATH), "id").unwrap().status();
        assert_eq!(status(&health), 200);
        health.stop();
        assert_eq!(status(&health), 503);
    }

    #[test]
    fn only_health_is_answered_here() {
        let health = Health::default();
        assert!(health.answer(&asked("GET", "/"), "id").is_none());
        assert!(health.answer(&asked("POST", PATH), "id").is_none());
    }
}
