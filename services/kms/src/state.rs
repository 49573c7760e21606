//! The states of a key, and what may be done in each.
//!
//! The table is that of the developer guide, "Key states of AWS KMS keys".

use strongroom_wire::{Result, Timestamp};

use crate::error;
use crate::key::Key;
use crate::spec::{Origin, texts};

texts! {
    /// The state of a key.
    KeyState {
        Enabled = "Enabled",
        Disabled = "Disabled",
        PendingDeletion = "PendingDeletion",
        PendingImport = "PendingImport",
    }
}

/// What is to be done with a key, in the groups that AWS's table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// To encrypt, decrypt, sign, verify: whatever needs the material; also to create a grant, and to
    /// rotate the key.
    Use,
    /// To look at it, to replace its policy, to revoke grants, to delete an alias.
    Look,
    /// To tag it, to describe it, to give it an alias.
    Edit,
    /// EnableKey and DisableKey.
    Switch,
    /// ScheduleKeyDeletion.
    ScheduleDeletion,
    /// CancelKeyDeletion.
    CancelDeletion,
}

impl Key {
    /// The state at `now`.
    pub fn state(&self, _now: Timestamp) -> KeyState {
        if self.deletion.is_some() {
            return KeyState::PendingDeletion;
        }
        let has_material = self.current_material().is_some_and(|m| m.secret.is_some());
        if self.origin == Origin::External && !has_material {
            return KeyState::PendingImport;
        }
        if self.enabled { KeyState::Enabled } else { KeyState::Disabled }
    }

    /// # Errors
    /// DisabledException or KMSInvalidStateException when `act` has to wait for another state.
    pub fn check_state(&self, act: Act, now: Timestamp) -> Result<()> {
        let refuse = |state: &str| Err(error::invalid_state(self.arn(), state));
        match (act, self.state(now)) {
            (Act::Look, _) => Ok(()),
            (Act::CancelDeletion, KeyState::PendingDeletion) => Ok(()),
            (Act::CancelDeletion, _) => refuse("not pending deletion"),
            (_, KeyState::Enabled) => Ok(()),
            (_, KeyState::PendingDeletion) => refuse("pending deletion"),
            (Act::Use, KeyState::Disabled) => Err(error::disabled(self.arn())),
            (_, KeyState::Disabled) => Ok(()),
            (Act::Use | Act::Switch, KeyState::PendingImport) => refuse("pending import"),
            (_, KeyState::PendingImport) => Ok(()),
        }
    }
}
