//! The states of a key, and what may be done in each.
//!
//! The table is that of the developer guide, "Key states of AWS KMS keys".

use strongroom_wire::{Result, Timestamp};

use crate::error;
use crate::key::{Deletion, Key};
use crate::spec::{Origin, texts};

texts! {
    /// The state of a key.
    KeyState {
        Enabled = "Enabled",
        Disabled = "Disabled",
        PendingDeletion = "PendingDeletion",
        PendingImport = "PendingImport",
        PendingReplicaDeletion = "PendingReplicaDeletion",
        Creating = "Creating",
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
    /// To tag it, to describe it, to give it an alias, to import its material.
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
    ///
    /// A key is never seen in the state Creating: replicas are there as soon as they are made.
    pub fn state(&self, now: Timestamp) -> KeyState {
        match self.deletion {
            Some(Deletion { at: Some(_), .. }) => return KeyState::PendingDeletion,
            Some(Deletion { at: None, .. }) => return KeyState::PendingReplicaDeletion,
            None => {}
        }
        if self.origin == Origin::External && !self.has_its_materials(now) {
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
            (Act::CancelDeletion, KeyState::PendingDeletion | KeyState::PendingReplicaDeletion) => {
                Ok(())
            }
            (Act::CancelDeletion, _) => refuse("not pending deletion"),
            (_, KeyState::Enabled) => Ok(()),
            (_, KeyState::PendingDeletion) => refuse("pending deletion"),
            (_, KeyState::PendingReplicaDeletion) => refuse("pending replica deletion"),
            (_, KeyState::Creating) => refuse("creating"),
            (Act::Use, KeyState::Disabled) => Err(error::disabled(self.arn())),
            (_, KeyState::Disabled) => Ok(()),
            (Act::Use | Act::Switch, KeyState::PendingImport) => refuse("pending import"),
            (_, KeyState::PendingImport) => Ok(()),
        }
    }
}
