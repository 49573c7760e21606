//! What plugs services, store and trail into what the server needs.

pub mod dev_identities;
pub mod memory_identities;
pub mod recorder;
