//! Orders about accounts: creating them, and taking them into the organization.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strongroom_organizations::{DEFAULT_ROLE, NewAccount, Organizations};

use super::{Desk, Office};
use crate::accounts;
use crate::failure::Failure;

/// An account that comes to this server, or to its organization.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    /// Its 12 digits.
    pub id: String,
    /// Its name in an organization; its id if absent.
    pub name: Option<String>,
    /// The address of its root user in an organization; one that reaches nobody if absent.
    pub email: Option<String>,
}

/// As whom the operator acts on organizations.
const PRINCIPAL: &str = "organizations.amazonaws.com";
/// AWS's limits.
const LONGEST_NAME: usize = 50;
const EMAIL_LENGTHS: std::ops::RangeInclusive<usize> = 6..=64;

impl Office {
    /// Creates an account with a root access key. Where the first account manages an organization, the
    /// new one belongs to it from its first moment, so that its policies bind it.
    pub(super) async fn create_account(&self, newcomer: &Newcomer) -> Result<Value, Failure> {
        let id = &newcomer.checked()?.id;
        let identities = &*self.identities;
        if identities.accounts().await?.contains(id) {
            let failure = Failure::new(format!("account {id} exists already"));
            return Err(match self.organization().await? {
                Some(_) => failure.hint(format!(
                    "`strongroom account enroll --id {id}` takes it into the organization"
                )),
                None => failure,
            });
        }
        let organization = self.organization().await?;
        if let Some(organizations) = organization {
            self.join(organizations, newcomer).await?;
        }
        let (now, entropy) = (self.foundation.clock.now(), &*self.foundation.entropy);
        let file = self.config.data.credentials();
        let key = accounts::create(id, id, &file, identities, now, entropy).await?;
        Ok(json!({
            "account": id,
            "access_key_id": key,
            "credentials": file,
            "profile": id,
            "enrolled": organization.is_some(),
        }))
    }

    /// Takes an account that stands alone into the organization of the first account.
    pub(super) async fn enroll_account(&self, newcomer: &Newcomer) -> Result<Value, Failure> {
        let id = &newcomer.checked()?.id;
        if !self.identities.accounts().await?.contains(id) {
            return Err(Failure::new(format!("there is no account {id}"))
                .hint(format!("`strongroom account create --id {id}` creates it")));
        }
        let Some(organizations) = self.organization().await? else {
            return Err(Failure::new(format!(
                "account {} manages no organization",
                self.config.account
            ))
            .hint("`aws organizations create-organization` makes one"));
        };
        self.join(organizations, newcomer).await?;
        Ok(json!({ "account": id, "enrolled": true }))
    }

    /// The organizations, if the first account manages one.
    async fn organization(&self) -> Result<Option<&Organizations>, Failure> {
        let Some(organizations) = self.organizations.as_deref() else { return Ok(None) };
        let is_managed = organizations.is_managed_by(&self.config.account).await?;
        Ok(is_managed.then_some(organizations))
    }

    async fn join(
        &self,
        organizations: &Organizations,
        newcomer: &Newcomer,
    ) -> Result<(), Failure> {
        let Newcomer { id, name, email } = newcomer;
        let nobody = format!("root@{id}.invalid");
        let account = NewAccount {
            id,
            name: name.as_deref().unwrap_or(id),
            email: email.as_deref().unwrap_or(&nobody),
            role_name: DEFAULT_ROLE,
            management: &self.config.account,
        };
        let desk = Desk::of(self, PRINCIPAL);
        let joined = organizations.enroll(account, &desk.circumstances()).await;
        joined.map_err(|error| Failure::new(format!("account {id} cannot join: {error}")))
    }
}

impl Newcomer {
    fn checked(&self) -> Result<&Self, Failure> {
        let id = crate::config::account(&self.id);
        id.map_err(|expected| Failure::new(format!("--id {:?}: {expected}", self.id)))?;
        let is_name = |name: &String| {
            !name.is_empty()
                && name.chars().count() <= LONGEST_NAME
                && name.chars().all(|c| (' '..='~').contains(&c))
        };
        if !self.name.as_ref().is_none_or(is_name) {
            return Err(Failure::new(format!(
                "--name: expected 1 to {LONGEST_NAME} characters of ASCII"
            )));
        }
        let is_address = |email: &String| {
            let mut halves = email.split('@');
            let two = (halves.next(), halves.next(), halves.next());
            EMAIL_LENGTHS.contains(&email.len())
                && !email.contains(|c: char| c.is_whitespace() || c.is_control())
                && matches!(two, (Some(user), Some(host), None) if !user.is_empty() && host.contains('.'))
        };
        if !self.email.as_ref().is_none_or(is_address) {
            return Err(Failure::new("--email: expected an address, such as ops@example.com"));
        }
        Ok(self)
    }
}
