//! What plugs services, store and trail into what the server needs, and services into each other.

pub mod dev_identities;
pub mod directory;
pub mod iam_identities;
pub mod keys;
pub mod recorder;
pub mod workers;
