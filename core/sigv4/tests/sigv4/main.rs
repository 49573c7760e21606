//! Requests signed by others: AWS's own vectors, its Rust signer, and hand-made wrong ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod chunks;
mod oracle;
mod request;
mod suite;
mod wording;
