//! CloudTrail.
