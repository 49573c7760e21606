//! Finding what a request names, as the target that the caller is authorized for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use strongroom_api::{Target, Values};
use strongroom_records::{RecordError, Stored};
use strongroom_wire::{Error, Result};

use crate::node::Node;
use crate::organization::{Membership, Organization};
use crate::policy::{FULL_ACCESS, Held, Policy};
use crate::shapes::PolicyType;
use crate::{Call, Organizations, error, paths};

/// Something of an organization, as the target of a call.
pub struct Found<T> {
    /// The organization as it was read before anything else of it.
    pub organization: Arc<Stored<Organization>>,
    /// What was found.
    pub of: T,
}

/// Where an operation names nothing but the organization; AWS authorizes these against `*`.
pub struct Everything;

/// The caller's organization as any member sees it. What a member asks of it concerns its own account,
/// so that its own account's policies decide.
pub struct Joined {
    /// The organization.
    pub organization: Arc<Stored<Organization>>,
    account: String,
}

/// A node that was found.
pub type FoundNode = Arc<Stored<Node>>;

/// What is found in an organization.
pub trait Resource: Send + Sync {
    /// Its ARN.
    fn arn(&self, organization: &Organization) -> String;

    /// Its tags.
    fn tags(&self) -> Option<&BTreeMap<String, String>>;

    /// The type of policy it is.
    fn policy_type(&self) -> Option<PolicyType> {
        None
    }
}

impl<T: Resource> Target for Found<T> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Owned(self.of.arn(&self.organization))
    }

    fn account(&self) -> &str {
        &self.organization.management
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let (_, value) = self.of.tags()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(value)
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        let kind = self.of.policy_type().filter(|_| key == "organizations:policytype")?;
        Some(Values::one(kind.text()))
    }
}

impl Joined {
    /// Finds it.
    ///
    /// # Errors
    /// AWSOrganizationsNotInUseException.
    pub async fn find(call: &Call<'_>) -> Result<Self> {
        let organization = call.service.joined(call).await?;
        Ok(Self { organization, account: call.caller.account().to_owned() })
    }
}

impl Target for Joined {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed("*")
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Resource for Everything {
    fn arn(&self, _: &Organization) -> String {
        "*".to_owned()
    }

    fn tags(&self) -> Option<&BTreeMap<String, String>> {
        None
    }
}

impl Resource for FoundNode {
    fn arn(&self, organization: &Organization) -> String {
        organization.arn_of(&self.id)
    }

    fn tags(&self) -> Option<&BTreeMap<String, String>> {
        Some(&self.tags)
    }
}

impl Resource for Held {
    fn arn(&self, organization: &Organization) -> String {
        Held::arn(self, organization)
    }

    fn tags(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::FullAccess => None,
            Self::Own(policy) => Some(&policy.tags),
        }
    }

    fn policy_type(&self) -> Option<PolicyType> {
        Some(PolicyType::ServiceControl)
    }
}

/// What is said when nothing of that id is there.
pub type Missing = fn(&Organization, &str) -> Error;

impl Organizations {
    /// The membership of an account; `None` if it never was in an organization.
    pub(crate) async fn membership(
        &self,
        account: &str,
    ) -> Result<Option<Arc<Stored<Membership>>>, RecordError> {
        // Asked on every request of every account, most of which are in no organization.
        self.records.get_or_absent(&paths::membership(account)).await
    }

    /// The organization of an account.
    pub(crate) async fn organization_of(
        &self,
        account: &str,
    ) -> Result<Option<Arc<Stored<Organization>>>, RecordError> {
        match self.membership(account).await?.and_then(|joined| joined.management.clone()) {
            Some(management) => self.records.get(&paths::organization(&management)).await,
            None => Ok(None),
        }
    }

    /// The caller's organization, for what every member may ask.
    ///
    /// # Errors
    /// AWSOrganizationsNotInUseException.
    pub(crate) async fn joined(&self, call: &Call<'_>) -> Result<Arc<Stored<Organization>>> {
        let found = self.organization_of(call.caller.account()).await;
        found.map_err(error::of_record)?.ok_or_else(error::not_in_use)
    }

    /// The caller's organization, for what only its management account may do.
    ///
    /// # Errors
    /// AWSOrganizationsNotInUseException, AccessDeniedException.
    pub(crate) async fn managed(&self, call: &Call<'_>) -> Result<Arc<Stored<Organization>>> {
        let organization = self.joined(call).await?;
        if organization.management == call.caller.account() {
            Ok(organization)
        } else {
            Err(error::not_management())
        }
    }

    /// The caller's organization where nothing more is named.
    ///
    /// # Errors
    /// As [`managed`](Self::managed).
    pub(crate) async fn find_everything(&self, call: &Call<'_>) -> Result<Found<Everything>> {
        Ok(Found { organization: self.managed(call).await?, of: Everything })
    }

    /// A node of the caller's organization that `fits`.
    ///
    /// # Errors
    /// As [`managed`](Self::managed), and what `missing` says.
    pub(crate) async fn find_node(
        &self,
        call: &Call<'_>,
        id: &str,
        fits: fn(&Node) -> bool,
        missing: Missing,
    ) -> Result<Found<FoundNode>> {
        let organization = self.managed(call).await?;
        let of = self.node_that(&organization, id, fits, missing).await?;
        Ok(Found { organization, of })
    }

    /// A node of `organization` that `fits`.
    ///
    /// # Errors
    /// What `missing` says.
    pub(crate) async fn node_that(
        &self,
        organization: &Organization,
        id: &str,
        fits: fn(&Node) -> bool,
        missing: Missing,
    ) -> Result<FoundNode> {
        let found = self.node(organization, id).await.map_err(error::of_record)?;
        found.filter(|node| fits(node)).ok_or_else(|| missing(organization, id))
    }

    /// The node of this id.
    pub(crate) async fn node(
        &self,
        organization: &Organization,
        id: &str,
    ) -> Result<Option<FoundNode>, RecordError> {
        self.records.get(&paths::node(organization, id)).await
    }

    /// An account of the caller's organization.
    ///
    /// # Errors
    /// As [`managed`](Self::managed), and AccountNotFoundException.
    pub(crate) async fn find_account(&self, call: &Call<'_>, id: &str) -> Result<Found<FoundNode>> {
        self.find_node(call, id, |node| node.member().is_some(), error::no_such_account).await
    }

    /// A root or unit of the caller's organization.
    ///
    /// # Errors
    /// As [`managed`](Self::managed), and ParentNotFoundException.
    pub(crate) async fn find_parent(&self, call: &Call<'_>, id: &str) -> Result<Found<FoundNode>> {
        self.find_node(call, id, Node::is_parent, error::no_such_parent).await
    }

    /// A unit of the caller's organization.
    ///
    /// # Errors
    /// As [`managed`](Self::managed), and OrganizationalUnitNotFoundException.
    pub(crate) async fn find_unit(&self, call: &Call<'_>, id: &str) -> Result<Found<FoundNode>> {
        self.find_node(call, id, |_| true, error::no_such_unit).await
    }

    /// A policy of the caller's organization.
    ///
    /// # Errors
    /// As [`managed`](Self::managed), and PolicyNotFoundException.
    pub(crate) async fn find_policy(&self, call: &Call<'_>, id: &str) -> Result<Found<Held>> {
        let organization = self.managed(call).await?;
        let held = self.policy(&organization, id).await.map_err(error::of_record)?;
        let of = held.ok_or_else(|| error::no_such_policy(&organization, id))?;
        Ok(Found { organization, of })
    }

    /// The policy of this id.
    pub(crate) async fn policy(
        &self,
        organization: &Organization,
        id: &str,
    ) -> Result<Option<Held>, RecordError> {
        if id == FULL_ACCESS && organization.has_policies() {
            return Ok(Some(Held::FullAccess));
        }
        let found = self.records.get::<Policy>(&paths::policy(organization, id)).await?;
        Ok(found.map(Held::Own))
    }

    /// A node with everything above it, the root first. `None` when a node above is not there, which
    /// somebody who is changing the tree may cause for a moment.
    pub(crate) async fn lineage(
        &self,
        organization: &Organization,
        node: &FoundNode,
    ) -> Result<Option<Vec<FoundNode>>, RecordError> {
        let mut line = vec![node.clone()];
        let mut above = node.parent.clone();
        while let Some(id) = above {
            let Some(parent) = self.node(organization, &id).await? else { return Ok(None) };
            // A root, five units, an account: more is a ring.
            if line.len() > MOST_LEVELS {
                return Ok(None);
            }
            above = parent.parent.clone();
            line.push(parent);
        }
        line.reverse();
        Ok(Some(line))
    }
}

/// The most units between the root and an account.
pub const MOST_DEPTH: usize = 5;
const MOST_LEVELS: usize = MOST_DEPTH + 2;
