//! Rotations of a web service's credentials, with Secrets Manager played by a fake.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../databases/fake.rs"]
#[allow(dead_code)] // The databases use more of it.
mod fake;
mod hostile;
mod issued;
mod service;
mod set;

/// The function.
const HTTPS: &str = "SecretsManagerHTTPSRotation";
