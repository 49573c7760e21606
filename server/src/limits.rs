//! How much of everything one server takes.

use std::time::Duration;

/// The bounds of what clients may make the server hold or wait for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once; further ones wait to be accepted.
    pub connections: usize,
    /// Bytes of a request's body. A secret of 64 KiB, every character escaped, fits six times over.
    pub body_bytes: usize,
    /// Bytes of a request's line and headers.
    pub head_bytes: usize,
    /// From the first byte of a request to the end of its headers.
    pub head_patience: Duration,
    /// From the end of the headers to the end of the body.
    pub body_patience: Duration,
    /// Between two requests of one connection.
    pub idle_patience: Duration,
    /// For a TLS handshake.
    pub handshake_patience: Duration,
    /// For requests in progress when the server is told to stop.
    pub drain_patience: Duration,
    /// Requests in progress on one HTTP/2 connection.
    pub streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 8_192,
            body_bytes: 1 << 20,
            head_bytes: 64 << 10,
            head_patience: Duration::from_secs(20),
            body_patience: Duration::from_secs(30),
            // Longer than the idle time after which SDKs close a connection themselves, so that a
            // request and the end of its connection seldom cross.
            idle_patience: Duration::from_secs(180),
            handshake_patience: Duration::from_secs(10),
            drain_patience: Duration::from_secs(30),
            streams: 256,
        }
    }
}
