//! The port to Organizations: what limits a whole account from above.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Organization};
use strongroom_policy::Named;
use strongroom_records::RecordError;

/// What stands above an account in its organization.
#[derive(Clone, Debug, Default)]
pub struct Control {
    /// The organization, if the account belongs to one.
    pub organization: Option<Organization>,
    /// Service control policies, one list for each level from the root to the account; empty when
    /// none limits the account.
    pub levels: Arc<[Vec<Arc<Named>>]>,
}

/// Knows the service control policies of accounts; Organizations implements it.
pub trait ServiceControl: Send + Sync {
    /// A number that rises whenever what [`control`](Self::control) answers for `account` changes.
    /// Asked on each request, so it must be cheap.
    fn generation<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<u64, RecordError>>;

    /// What limits `account` now.
    fn control<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Control, RecordError>>;
}
