//! What a person types, one file for each command.

pub mod account;
pub mod completions;
pub mod doctor;
pub mod env;
pub mod keyring;
pub mod model;
pub mod office;
pub mod rotation;
pub mod rotator;
pub mod seal;
pub mod serve;
pub mod sns;
pub mod tls;
pub mod trail;
pub mod why;
