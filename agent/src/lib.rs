//! The agent: secrets and credentials for whatever runs on this host, without a key in its environment.
//!
//! - [`agent`] puts the parts together and runs them;
//! - [`desk`] answers requests, check by check: [`gate`] says who asks, [`wanted`] what for;
//! - [`reader`] reads values, from [`cache`], [`disk`] or [`upstream`];
//! - [`changes`] follows Strongroom's change feed, [`prefetch`] fills the cache at the start;
//! - [`workload`] hands credentials of a role to unmodified SDKs;
//! - [`exec`] and [`get`] bring secrets to programs that know nothing of all this;
//! - [`extension`] serves the functions of a server, each as itself;
//! - [`cli`] is what a person types.
//!
//! It listens where only this host can connect, and its memory is bounded whatever is asked of it.

pub mod agent;
pub mod answer;
pub mod cache;
pub mod changes;
pub mod cli;
pub mod config;
pub mod desk;
pub mod disk;
pub mod exec;
pub mod extension;
pub mod failure;
pub mod gate;
pub mod get;
pub mod host;
pub mod joined;
pub mod listeners;
pub mod prefetch;
pub mod reader;
pub mod secrets;
pub mod upstream;
pub mod value;
pub mod wanted;
pub mod workload;
