//! What plugs services, store and trail into what the server needs, and services into each other.

pub mod accounts;
pub mod dev_identities;
pub mod directory;
pub mod iam_identities;
pub mod keys;
pub mod organizations;
pub mod principals;
pub mod provider_keys;
pub mod recorder;
pub mod sns;
pub mod workers;
