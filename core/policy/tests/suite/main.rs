//! What the policy language says, case by case, and properties that hold for every case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod case;
mod oracle;

mod actions;
mod boundaries_and_sessions;
mod condition_blocks;
mod conditions;
mod cross_account;
mod documents;
mod documents_on_resources;
mod explanations;
mod grants;
mod messages;
mod principals;
mod public;
mod resources;
mod single_account;
mod trust;
mod variables;

mod differential;
mod generated;
mod properties;
