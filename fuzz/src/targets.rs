//! The targets, one file each.

pub mod cbor;
pub mod filters;
pub mod forms;
pub mod ids;
pub mod operations;
pub mod patterns;
pub mod policies;
pub mod signatures;
pub mod tokens;
