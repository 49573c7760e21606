//! Principals as STS asks for them: with what they may do now.

use std::sync::Arc;

use strongroom_api::{Organization, Policies, Result};
use strongroom_policy::{Attachment, Kind, Named, Policy};

use crate::credential::tag_pairs;
use crate::entity::{InstanceProfile, Provider, Role as StoredRole};
use crate::holder::Entity;
use crate::{Iam, grants};

/// A user, role or root user with its policies, compiled.
#[derive(Debug)]
pub struct Principal {
    /// The 12 digits of its account.
    pub account: String,
    /// Its ARN.
    pub arn: String,
    /// Its unique id; the account id of a root user.
    pub id: String,
    /// Its name; empty for a root user.
    pub name: String,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// Its policies.
    pub policies: Policies,
    /// The organization of its account.
    pub organization: Option<Organization>,
}

/// A role with its trust policy.
#[derive(Debug)]
pub struct Role {
    /// The role as a principal.
    pub principal: Principal,
    /// Who may assume it, with unique ids.
    pub trust: Policy,
    /// The longest session, in seconds.
    pub max_session_seconds: i64,
}

/// An OpenID Connect provider.
#[derive(Debug)]
pub struct KnownProvider {
    /// Its ARN.
    pub arn: String,
    /// The audiences that it issues tokens for.
    pub client_ids: Vec<String>,
}

/// An instance profile.
#[derive(Clone, Debug)]
pub struct KnownProfile {
    /// Its ARN.
    pub arn: String,
    /// Its unique id.
    pub id: String,
    /// The name of the role in it.
    pub role: Option<String>,
}

impl Iam {
    /// The instance profile of this name.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn known_profile(&self, account: &str, name: &str) -> Result<Option<KnownProfile>> {
        let profile = self.get::<InstanceProfile>(account, name).await?;
        Ok(profile.map(|profile| KnownProfile {
            arn: profile.arn(),
            id: profile.id.clone(),
            role: profile.role.clone(),
        }))
    }

    /// The role of this name.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn role_principal(&self, account: &str, name: &str) -> Result<Option<Role>> {
        let Some(role) = self.get::<StoredRole>(account, name).await? else { return Ok(None) };
        let control = self.control(account).await?;
        let principal = Principal {
            account: role.account.clone(),
            arn: role.arn(),
            id: role.id.clone(),
            name: role.name.clone(),
            tags: tag_pairs(&role.tags),
            policies: self.policies_of_role(&role, &control).await?,
            organization: control.organization,
        };
        Ok(Some(Role {
            principal,
            trust: grants::parse(&role.trust, Kind::Trust)?,
            max_session_seconds: i64::from(role.max_session_seconds),
        }))
    }

    /// The user with this unique id, or the root user whose id is its account's.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn user_principal(&self, id: &str) -> Result<Option<Principal>> {
        if id.len() == 12 && self.account_exists(id).await? {
            return self.root_principal(id).await.map(Some);
        }
        let Some(user) = self.user_of_id(id).await? else { return Ok(None) };
        let control = self.control(&user.account).await?;
        Ok(Some(Principal {
            account: user.account.clone(),
            arn: user.arn(),
            id: user.id.clone(),
            name: user.name.clone(),
            tags: tag_pairs(&user.tags),
            policies: self.policies_of_user(&user, &control).await?,
            organization: control.organization,
        }))
    }

    /// The managed policy of this ARN, to limit a session with.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn session_policy(&self, account: &str, arn: &str) -> Result<Option<Arc<Named>>> {
        self.managed(account, arn, Attachment::Session).await
    }

    /// The provider that is registered in `account` for this URL (without scheme).
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn known_provider(&self, account: &str, url: &str) -> Result<Option<KnownProvider>> {
        let provider = self.get::<Provider>(account, url).await?;
        Ok(provider.filter(|provider| provider.url == url).map(|provider| KnownProvider {
            arn: provider.arn(),
            client_ids: provider.client_ids.clone(),
        }))
    }

    async fn root_principal(&self, account: &str) -> Result<Principal> {
        let control = self.control(account).await?;
        Ok(Principal {
            account: account.to_owned(),
            arn: format!("arn:aws:iam::{account}:root"),
            id: account.to_owned(),
            name: String::new(),
            tags: Vec::new(),
            policies: Policies { service_control: control.levels, ..Policies::default() },
            organization: control.organization,
        })
    }
}
