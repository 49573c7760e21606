//! Roles and instance profiles: how they are added, dropped and shown.

use strongroom_api::Result;

use crate::edit::Edit;
use crate::entity::{InstanceProfile, Role, Sort};
use crate::found::Found;
use crate::{Iam, error, path, shown};

/// AWS's quota.
const MOST_ROLES: u32 = 1_000;

impl Iam {
    /// Writes a new role.
    pub(crate) async fn add_role(&self, edit: &mut Edit<'_>, role: &Role) -> Result<()> {
        if self.get::<Role>(&role.account, &role.name).await?.is_some() {
            return Err(error::name_taken("Role", &role.name));
        }
        if edit.ledger.roles >= MOST_ROLES {
            return Err(error::limit_exceeded("RolesPerAccount", MOST_ROLES as usize));
        }
        edit.create(role)?;
        edit.hold_id(&role.id, Sort::Role, &role.name)?;
        edit.move_boundary(role, None, role.boundary.as_deref()).await?;
        edit.ledger.roles += 1;
        Ok(())
    }

    /// Removes a role.
    pub(crate) async fn drop_role(&self, edit: &mut Edit<'_>, role: &Found<Role>) -> Result<()> {
        edit.remove(&role.stored);
        edit.free_id(&role.id);
        edit.delete(&path::last_use(&role.id));
        edit.move_boundary(&role.stored.value, role.boundary.as_deref(), None).await?;
        edit.ledger.roles = edit.ledger.roles.saturating_sub(1);
        Ok(())
    }

    /// The role in an instance profile.
    pub(crate) async fn role_in(&self, profile: &InstanceProfile) -> Result<Option<shown::Role>> {
        let Some(name) = &profile.role else { return Ok(None) };
        let Some(role) = self.get::<Role>(&profile.account, name).await? else { return Ok(None) };
        let trust = self.trust_to_show(&role.trust).await?;
        Ok(Some(shown::Role::created(&role, &trust)))
    }
}
