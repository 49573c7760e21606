//! The targets, one file each.

pub mod filters;
pub mod cbor;
pub mod forms;
pub mod ids;
pub mod operations;
pub mod patterns;
pub mod policies;
pub mod signatures;
pub mod tokens;
