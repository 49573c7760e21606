//! What can go wrong on the way out.

use std::net::IpAddr;

/// A request came to no answer. The words are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No URL of ours.
    #[error("the URL cannot be used")]
    Url,
    /// A header that HTTP cannot carry.
    #[error("a header cannot be sent")]
    Header,
    /// The name has no address.
    #[error("{host} has no address: {cause}")]
    NoAddress {
        /// The name.
        host: String,
        /// What the resolver said.
        cause: String,
    },
    /// The operator has not allowed any of the addresses.
    #[error(
        "{host} is at {address}, which is not a public address; list its network in `allowed_networks` to allow it"
    )]
    Forbidden {
        /// The name.
        host: String,
        /// The first of its addresses.
        address: IpAddr,
    },
    /// An address where no request may go, whatever the operator allows.
    #[error("{host} is at {address}, where no request may go")]
    Refused {
        /// The name.
        host: String,
        /// The first of its addresses.
        address: IpAddr,
    },
    /// Without TLS, requests stay on this machine.
    #[error("{host} is at {address}: without TLS, requests stay on this machine")]
    Plain {
        /// The name.
        host: String,
        /// The first of its addresses.
        address: IpAddr,
    },
    /// Nobody listens there.
    #[error("cannot connect to {host}: {cause}")]
    Connect {
        /// The name.
        host: String,
        /// What the system said.
        cause: String,
    },
    /// Nobody there can show a certificate that is trusted.
    #[error("no trusted TLS connection to {host}: {cause}")]
    Tls {
        /// The name.
        host: String,
        /// What is wrong.
        cause: String,
    },
    /// It took too long.
    #[error("no answer in time")]
    TooSlow,
    /// The answer is too long.
    #[error("the answer is too long")]
    TooLong,
    /// What came was no HTTP, or ended early.
    #[error("the exchange failed: {0}")]
    Exchange(String),
}

impl Fault {
    pub(crate) fn exchange(cause: hyper::Error) -> Self {
        Self::Exchange(cause.to_string())
    }

    /// Whether it may go better later without anybody changing what was asked for.
    #[must_use]
    pub fn may_recover(&self) -> bool {
        !matches!(self, Self::Url | Self::Header)
    }
}
