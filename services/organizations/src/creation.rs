//! Requests to create accounts, and what became of them.

use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Sensitive, Timestamp};
use strongroom_records::Record;

use crate::shapes::CreateAccountState;

/// A request to create an account, as it is stored.
#[derive(Clone, Serialize, Deserialize)]
pub struct Creation {
    /// `car-…`
    pub id: String,
    /// The name that was asked for.
    pub account_name: String,
    /// When it was asked for.
    pub requested: Timestamp,
    /// When it was settled.
    pub completed: Timestamp,
    /// The account, if there is one now.
    pub account: Option<String>,
}

impl Record for Creation {
    const KIND: &'static str = "request to create an account";
}

/// A request as replies show it.
#[derive(Debug, Reply)]
pub struct CreationView {
    /// `car-…`
    pub id: String,
    /// The name that was asked for.
    pub account_name: Sensitive<String>,
    /// What became of it.
    pub state: CreateAccountState,
    /// When it was asked for.
    pub requested_timestamp: Timestamp,
    /// When it was settled.
    pub completed_timestamp: Timestamp,
    /// The account.
    pub account_id: Option<String>,
    /// Why there is none.
    pub failure_reason: Option<&'static str>,
}

impl Creation {
    /// What became of it. Accounts are made at once, so that nothing is ever in progress.
    pub fn state(&self) -> CreateAccountState {
        match self.account {
            Some(_) => CreateAccountState::Succeeded,
            None => CreateAccountState::Failed,
        }
    }
}

impl From<&Creation> for CreationView {
    fn from(creation: &Creation) -> Self {
        let failed = creation.account.is_none();
        Self {
            id: creation.id.clone(),
            account_name: Sensitive::new(creation.account_name.clone()),
            state: creation.state(),
            requested_timestamp: creation.requested,
            completed_timestamp: creation.completed,
            account_id: creation.account.clone(),
            // The only reason there is: nothing is billed, and addresses are not written to.
            failure_reason: failed.then_some("EMAIL_ALREADY_EXISTS"),
        }
    }
}
