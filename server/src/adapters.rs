//! What plugs services, store and trail into what the server needs, and services into each other.

pub mod accounts;
pub mod alarm_actions;
pub mod call_metrics;
pub mod dev_identities;
pub mod directory;
pub mod iam_identities;
pub mod keys;
pub mod organizations;
pub mod principals;
pub mod provider_keys;
pub mod recorder;
pub mod secret_metrics;
pub mod workers;
