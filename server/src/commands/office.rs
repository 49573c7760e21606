//! How commands reach the office: over its socket, or by opening the data where no server runs.

use std::sync::Arc;

use serde_json::Value;
use strongroom_seal::SystemEntropy;

use crate::admin::{Office, Order, ask};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::services::{self, Parts};

/// Has `order` performed by the running server, or performs it here if there is none.
///
/// # Errors
/// For the operator.
pub fn perform(config: &Config, order: Order) -> Result<Value, Failure> {
    if config.dev {
        return Err(Failure::new("a server in memory takes no orders")
            .hint("under --dev, an account exists as soon as its id is used as an access key id"));
    }
    runtime()?.block_on(async {
        match ask(&config.data.admin_socket(), &order).await {
            Some(answer) => answer,
            None => perform_here(config, order).await,
        }
    })
}

/// A runtime for a command that does one thing.
///
/// # Errors
/// For the operator: the machine has no room for it.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::new(format!("cannot start: {cause}")))
}

async fn perform_here(config: &Config, order: Order) -> Result<Value, Failure> {
    if config.data.is_fresh() {
        return Err(Failure::new(format!("there is no data at {}", config.data.path().display()))
            .hint("start a server with `strongroom serve`, or name its folder with --data-dir"));
    }
    let _best_effort = strongroom_memory::harden_process();
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let foundation = Arc::new(Foundation::lay(config, clock, entropy).await?);
    let Parts { identities, secrets, failures, organizations, .. } = services::build(&foundation);
    let office = Office {
        config: config.clone(),
        endpoint: None,
        foundation: Arc::clone(&foundation),
        identities,
        secrets,
        failures,
        organizations,
    };
    let outcome = office.perform(order).await;
    foundation.close().await?;
    outcome
}
