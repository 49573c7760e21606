//! What plugs services, store and trail into what the server needs, and services into each other.

pub mod accounts;
pub mod alarm_actions;
pub mod call_metrics;
pub mod certificate_sessions;
pub mod dev_identities;
pub mod digest_keys;
pub mod directory;
pub mod function_logs;
pub mod functions;
pub mod iam_identities;
pub mod keys;
pub mod log_metrics;
pub mod organizations;
pub mod principals;
pub mod provider_keys;
pub mod recorder;
pub mod rotation;
pub mod secret_metrics;
pub mod secrets_seen;
pub mod sns;
pub mod ssm;
pub mod trail_delivery;
pub mod trail_events;
pub mod workers;
