//! How accounts come into an organization and leave it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::Circumstances;
use strongroom_records::{Record, Stored};
use strongroom_wire::{Result, Timestamp};

use crate::edit::Edit;
use crate::find::FoundNode;
use crate::node::{Kind, Member, Node};
use crate::organization::{Membership, Organization};
use crate::{NewAccount, Organizations, error, paths};

/// Who has a name or address that only one may have.
#[derive(Serialize, Deserialize)]
pub struct Claim {
    /// Its id.
    pub holder: String,
}

impl Record for Claim {
    const KIND: &'static str = "claim of a name";
}

/// An account about to join.
pub struct Joining<'a> {
    /// Its 12 digits.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The address of its root user.
    pub email: &'a str,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// When.
    pub now: Timestamp,
}

/// Accounts have no names outside organizations, so the first one is called by what it does.
const MANAGEMENT_NAME: &str = "management";

impl Organizations {
    /// Founds an organization: its root, and under it the account that manages it.
    pub(crate) async fn found(&self, organization: Organization) -> Result<Organization> {
        let (id, now) = (organization.management.clone(), organization.created);
        let (root, email) = (organization.root.clone(), organization.management_email.clone());
        let mut edit = self.founding(organization);
        edit.plant(&Node::new(&root, "Root", None, Kind::Root))?;
        let joining =
            Joining { id: &id, name: MANAGEMENT_NAME, email: &email, tags: BTreeMap::new(), now };
        self.join(&mut edit, joining).await?;
        let founded = edit.organization.clone();
        edit.commit().await?;
        Ok(founded)
    }

    /// Makes an account with an id of the operator's choice, or takes one that exists and is in no
    /// organization, into the organization that `account.management` manages.
    ///
    /// # Errors
    /// The management account has no organization, the account belongs to one or is closed, or its
    /// address is taken.
    pub async fn enroll(
        &self,
        account: NewAccount<'_>,
        circumstances: &Circumstances<'_>,
    ) -> Result<()> {
        let NewAccount { id, name, email, .. } = account;
        // What is in the way is found before anything is made.
        let mut may_be_made = true;
        loop {
            let joining =
                Joining { id, name, email, tags: BTreeMap::new(), now: circumstances.now };
            let edit = match self.prepare(account.management, joining).await {
                Err(error) if error.is_conflict() => continue,
                prepared => prepared?,
            };
            if std::mem::take(&mut may_be_made) {
                self.accounts.create_account(account, circumstances).await?;
            }
            match edit.commit().await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
    }

    /// Whether `account` manages an organization.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn is_managed_by(&self, account: &str) -> Result<bool> {
        Ok(self.managed_by(account).await?.is_some())
    }

    async fn managed_by(&self, account: &str) -> Result<Option<Arc<Stored<Organization>>>> {
        let organization = self.organization_of(account).await.map_err(error::of_record)?;
        Ok(organization.filter(|found| found.management == account))
    }

    async fn prepare(&self, management: &str, joining: Joining<'_>) -> Result<Edit<'_>> {
        let organization = self.managed_by(management).await?.ok_or_else(error::not_in_use)?;
        let (email, mut edit) = (joining.email, self.edit(&organization));
        self.join(&mut edit, joining).await?;
        if self.is_taken(&organization, email).await? {
            return Err(error::email_exists());
        }
        Ok(edit)
    }

    /// Whether an account of the organization has this address.
    pub(crate) async fn is_taken(&self, organization: &Organization, email: &str) -> Result<bool> {
        Ok(self.claim(&paths::email(organization, email)).await?.is_some())
    }

    /// Who has the name that stands for `key`.
    pub(crate) async fn claim(&self, key: &str) -> Result<Option<Arc<Stored<Claim>>>> {
        self.records.get(key).await.map_err(error::of_record)
    }

    /// Puts an account under the root.
    ///
    /// # Errors
    /// AlreadyInOrganizationException, AccountAlreadyClosedException.
    pub(crate) async fn join(&self, edit: &mut Edit<'_>, joining: Joining<'_>) -> Result<()> {
        let had = self.membership(joining.id).await.map_err(error::of_record)?;
        if had.as_ref().is_some_and(|had| had.closed.is_some()) {
            return Err(error::already_closed());
        }
        if had.as_ref().is_some_and(|had| had.management.is_some()) {
            return Err(error::already_in_organization());
        }
        let Joining { id, name, email, tags, now } = joining;
        let management = edit.organization.management.clone();
        let membership = Membership { management: Some(management), closed: None };
        edit.write(&paths::membership(id), had.as_deref(), &membership)?;
        let member = Member { email: email.to_owned(), joined: now, invited: false, closed: None };
        let root = edit.organization.root.clone();
        let node = Node { tags, ..Node::new(id, name, Some(&root), Kind::Account(member)) };
        edit.plant(&node)?;
        edit.create(&paths::email(&edit.organization, email), &Claim { holder: id.to_owned() })?;
        edit.organization.accounts += 1;
        Ok(())
    }

    /// Takes an account out of the organization. What was closed stays closed.
    pub(crate) async fn part(&self, edit: &mut Edit<'_>, account: &FoundNode) -> Result<()> {
        let Some(member) = account.member() else { return Ok(()) };
        edit.uproot(account);
        edit.delete(&paths::email(&edit.organization, &member.email));
        edit.organization.accounts -= 1;
        let key = paths::membership(&account.id);
        let had = self.membership(&account.id).await.map_err(error::of_record)?;
        let parted = Membership { management: None, closed: member.closed };
        edit.write(&key, had.as_deref(), &parted)
    }
}

impl Edit<'_> {
    /// A new node of the tree.
    pub(crate) fn plant(&mut self, node: &Node) -> Result<()> {
        self.create(&paths::node(&self.organization, &node.id), node)?;
        if let Some(parent) = &node.parent {
            self.index(&paths::child(&self.organization, parent, &node.id));
        }
        Ok(())
    }

    /// A node that goes, with what is attached to it.
    pub(crate) fn uproot(&mut self, node: &FoundNode) {
        self.remove(node);
        if let Some(parent) = &node.parent {
            self.delete(&paths::child(&self.organization, parent, &node.id));
        }
        for policy in node.policies(&self.organization) {
            self.delete(&paths::attachment(&self.organization, &policy, &node.id));
        }
    }
}
