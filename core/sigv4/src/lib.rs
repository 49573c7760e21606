//! Who signed this: AWS Signature Version 4, checked on the server's side.
//!
//! Pure: no I/O, and time is an argument. A request goes through four steps, in the order in which
//! AWS reports what is wrong:
//!
//! 1. [`parse`] reads the credential from the `Authorization` header or the query string.
//! 2. The caller looks up the access key ([`Refusal::UnknownKey`] if there is none).
//! 3. [`check`] compares the date and the scope with the clock and the [`Rules`].
//! 4. [`verify`] (which repeats the cheap step 3, so that it cannot be forgotten) compares the
//!    signature. [`SigningKeys::verify`] is the same with a cache of derived keys in front.
//!
//! A body sent in signed pieces (`aws-chunked`) is then unwrapped by [`decode_chunked`].
//!
//! Whether a session token is genuine is for STS to say; [`Signed::session_token`] hands it over.
//! Signatures with the key of an X.509 certificate, as Roles Anywhere takes them, are verified by
//! [`verify_with`]; whom the certificate belongs to is for the caller to say. Other asymmetric
//! signatures (SigV4a) are refused by name.

mod authorization;
mod canonical;
mod chunked;
mod hex;
mod key;
mod path;
mod presigned;
mod query;
mod refusal;
mod rules;
mod signed;
mod timestamp;
mod verify;

pub use chunked::{Decoded, decode_chunked};
pub use key::{SigningKey, SigningKeys};
pub use refusal::{Family, Refusal};
pub use rules::{Rules, check};
pub use signed::{Algorithm, Form, Payload, Signed, parse};
pub use timestamp::Timestamp;
pub use verify::{verify, verify_with};

/// What of an HTTP request a signature covers, beside the body; borrowed from the server's request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The method, such as `POST`.
    pub method: &'a str,
    /// The request target as received: path and query, still percent-encoded.
    pub target: &'a str,
    /// All headers as received.
    pub headers: &'a http::HeaderMap,
    /// `:authority` of HTTP/2, used when there is no `Host` header.
    pub authority: Option<&'a str>,
}

impl<'a> Head<'a> {
    /// The path as received; `/` if it is empty.
    fn path(&self) -> &'a str {
        let target = self.target;
        let path = &target[..memchr::memchr(b'?', target.as_bytes()).unwrap_or(target.len())];
        // Clients of a proxy send scheme and host as well.
        let absolute = if path.starts_with('/') { None } else { path.find("://") };
        let path = match absolute {
            Some(scheme) => {
                let rest = &path[scheme + 3..];
                rest.find('/').map_or("", |start| &rest[start..])
            }
            None => path,
        };
        if path.is_empty() { "/" } else { path }
    }

    /// The query string as received, without its `?`.
    fn query(&self) -> &'a str {
        let start = memchr::memchr(b'?', self.target.as_bytes());
        start.map_or("", |start| &self.target[start + 1..])
    }
}
