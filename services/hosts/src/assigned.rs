//! What a host gets sessions of: one role, or whichever role is in an instance profile.

use serde::{Deserialize, Serialize};
use strongroom_api::{Result, Target};

use crate::ports::{Profile, Role};
use crate::{Hosts, error};

/// What a host is enrolled for. Unique ids tell whether it still is what it was: a role made anew under
/// the same name is another role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assigned {
    /// This role.
    Role {
        /// Its ARN.
        arn: String,
        /// Its unique id.
        id: String,
    },
    /// The role that is in this instance profile at the time.
    Profile {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: String,
        /// Its unique id.
        id: String,
    },
}

impl Assigned {
    /// Name, ARN and unique id of the instance profile, if it is one.
    #[must_use]
    pub fn profile(&self) -> Option<(&str, &str, &str)> {
        match self {
            Self::Role { .. } => None,
            Self::Profile { name, arn, id } => Some((name, arn, id)),
        }
    }

    /// The ARN of role or instance profile.
    #[must_use]
    pub fn arn(&self) -> &str {
        match self {
            Self::Role { arn, .. } | Self::Profile { arn, .. } => arn,
        }
    }
}

impl Hosts {
    /// What a token for this instance profile stands for, and the role that it has now.
    pub(crate) async fn of_profile(&self, account: &str, name: &str) -> Result<(Assigned, Role)> {
        let profile = self.ports.roles.profile(account, name).await?;
        let Profile { arn, id, role } = profile.ok_or_else(|| error::no_such_profile(name))?;
        let role = role.ok_or_else(|| error::empty_profile(name))?;
        Ok((Assigned::Profile { name: name.to_owned(), arn, id }, role))
    }

    /// What a token for this role stands for, and the role.
    pub(crate) async fn of_role(&self, account: &str, arn: &str) -> Result<(Assigned, Role)> {
        let role = self.ports.roles.role(account, arn).await?;
        let role = role.ok_or_else(|| error::no_such_role(arn))?;
        Ok((Assigned::Role { arn: role.arn.clone(), id: role.id.clone() }, role))
    }

    /// The role that `assigned` is now; `None` if it is gone.
    pub(crate) async fn role_now(
        &self,
        account: &str,
        assigned: &Assigned,
    ) -> Result<Option<Role>> {
        match assigned {
            Assigned::Role { arn, id } => {
                let role = self.ports.roles.role(account, arn).await?;
                Ok(role.filter(|role| role.id == *id))
            }
            Assigned::Profile { name, id, .. } => {
                let profile = self.ports.roles.profile(account, name).await?;
                Ok(profile.filter(|profile| profile.id == *id).and_then(|profile| profile.role))
            }
        }
    }
}

/// A role that is about to be given to a host.
impl Target for Role {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let tag = self.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        tag.map(|(_, value)| value.as_str())
    }
}
