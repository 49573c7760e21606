//! Where resources are stored.
//!
//! ```text
//! ACCOUNT/REGION/rolesanywhere/trust-anchor/ID
//! ACCOUNT/REGION/rolesanywhere/profile/ID
//! ACCOUNT/REGION/rolesanywhere/crl/ID
//! ACCOUNT/REGION/rolesanywhere/subject/ID
//! ```

/// The prefix of all resources of one kind; ids follow.
pub fn all(account: &str, region: &str, noun: &str) -> String {
    format!("{account}/{region}/rolesanywhere/{noun}/")
}

/// The key of a resource.
pub fn one(account: &str, region: &str, noun: &str, id: &str) -> String {
    all(account, region, noun) + id
}
