//! Requests signed by others: AWS's own vectors, its Rust signer, and hand-made wrong ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod chunks;
mod clients;
mod oracle;
mod recordings;
mod request;
mod scope;
mod signer;
mod suite;
mod wording;
