//! Organizations, accounts, units, roots and policies as replies show them.

use strongroom_api::{Reply, Result, Sensitive, Timestamp};

use crate::find::FoundNode;
use crate::node::Node;
use crate::organization::Organization;
use crate::policy::{Held, Policy};
use crate::shapes::{FeatureSet, PolicyType};
use crate::{Organizations, control, error};

/// An organization.
#[derive(Debug, Reply)]
pub struct OrganizationView {
    /// `o-…`
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    pub feature_set: FeatureSet,
    /// The ARN of its management account.
    pub master_account_arn: String,
    /// The id of its management account.
    pub master_account_id: String,
    /// The address of that account's root user.
    pub master_account_email: Sensitive<String>,
    /// The types of policy that can be enabled.
    pub available_policy_types: Vec<PolicyTypeSummary>,
}

/// A type of policy that is enabled, or can be.
#[derive(Debug, Reply)]
pub struct PolicyTypeSummary {
    /// The type.
    #[shape(name = "Type")]
    pub kind: PolicyType,
    /// `ENABLED`
    pub status: &'static str,
}

/// A root.
#[derive(Debug, Reply)]
pub struct RootView {
    /// `r-…`
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The types of policy that are enabled.
    pub policy_types: Vec<PolicyTypeSummary>,
}

/// An organizational unit.
#[derive(Debug, Reply)]
pub struct UnitView {
    /// `ou-…`
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `o-…/r-…/ou-…/`
    pub path: String,
}

/// An account.
#[derive(Debug, Reply)]
pub struct AccountView {
    /// The 12 digits.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// The address of its root user.
    pub email: Sensitive<String>,
    /// Its name.
    pub name: Sensitive<String>,
    /// `ACTIVE` or `SUSPENDED`.
    pub status: &'static str,
    /// `ACTIVE` or `CLOSED`.
    pub state: &'static str,
    /// `o-…/r-…/ou-…/123456789012/`, alone in its list.
    pub paths: Vec<String>,
    /// `CREATED` or `INVITED`.
    pub joined_method: &'static str,
    /// When it joined.
    pub joined_timestamp: Timestamp,
}

/// A policy without its document.
#[derive(Debug, Reply)]
pub struct PolicySummary {
    /// `p-…`
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What is said about it.
    pub description: String,
    /// Its type.
    #[shape(name = "Type")]
    pub kind: PolicyType,
    /// Whether it is AWS's own.
    pub aws_managed: bool,
}

/// A policy.
#[derive(Debug, Reply)]
pub struct PolicyView {
    /// What it is.
    pub policy_summary: PolicySummary,
    /// The document.
    pub content: String,
}

impl OrganizationView {
    /// Shows `organization`.
    pub fn of(organization: &Organization) -> Self {
        let has_policies = organization.has_policies();
        Self {
            id: organization.id.clone(),
            arn: organization.arn(),
            feature_set: organization.features,
            master_account_arn: organization.account_arn(&organization.management),
            master_account_id: organization.management.clone(),
            master_account_email: Sensitive::new(organization.management_email.clone()),
            available_policy_types: service_control(has_policies),
        }
    }
}

impl RootView {
    /// Shows the root of `organization`.
    pub fn of(organization: &Organization, root: &Node) -> Self {
        Self {
            id: root.id.clone(),
            arn: organization.arn_of(&root.id),
            name: root.name.clone(),
            policy_types: service_control(organization.service_control.enabled),
        }
    }
}

fn service_control(there: bool) -> Vec<PolicyTypeSummary> {
    let kind = PolicyType::ServiceControl;
    there.then_some(PolicyTypeSummary { kind, status: "ENABLED" }).into_iter().collect()
}

impl PolicySummary {
    /// Shows `policy`.
    pub fn of(organization: &Organization, policy: &Held) -> Self {
        Self {
            id: policy.id().to_owned(),
            arn: policy.arn(organization),
            name: policy.name().to_owned(),
            description: policy.description().to_owned(),
            kind: PolicyType::ServiceControl,
            aws_managed: matches!(policy, Held::FullAccess),
        }
    }
}

impl PolicyView {
    /// Shows a policy that has just been written.
    pub fn of_record(organization: &Organization, policy: &Policy) -> Self {
        let policy_summary = PolicySummary {
            id: policy.id.clone(),
            arn: organization.arn_of(&policy.id),
            name: policy.name.clone(),
            description: policy.description.clone(),
            kind: PolicyType::ServiceControl,
            aws_managed: false,
        };
        Self { policy_summary, content: policy.content.clone() }
    }

    /// Shows `policy`.
    pub fn of(organization: &Organization, policy: &Held) -> Self {
        Self {
            policy_summary: PolicySummary::of(organization, policy),
            content: policy.content().to_owned(),
        }
    }
}

impl Organizations {
    /// Shows a unit.
    pub(crate) async fn show_unit(
        &self,
        organization: &Organization,
        unit: &FoundNode,
    ) -> Result<UnitView> {
        Ok(UnitView {
            id: unit.id.clone(),
            arn: organization.arn_of(&unit.id),
            name: unit.name.clone(),
            path: self.path(organization, unit).await?,
        })
    }

    /// Shows an account; `None` for a node that is none.
    pub(crate) async fn show_account(
        &self,
        organization: &Organization,
        node: &FoundNode,
    ) -> Result<Option<AccountView>> {
        let Some(member) = node.member() else { return Ok(None) };
        let closed = member.closed.is_some();
        Ok(Some(AccountView {
            id: node.id.clone(),
            arn: organization.account_arn(&node.id),
            email: Sensitive::new(member.email.clone()),
            name: node.sensitive_name(),
            status: if closed { "SUSPENDED" } else { "ACTIVE" },
            state: if closed { "CLOSED" } else { "ACTIVE" },
            paths: vec![self.path(organization, node).await?],
            joined_method: if member.invited { "INVITED" } else { "CREATED" },
            joined_timestamp: member.joined,
        }))
    }

    async fn path(&self, organization: &Organization, node: &FoundNode) -> Result<String> {
        let line = self.lineage(organization, node).await.map_err(error::of_record)?;
        // A node that has lost a parent is being moved or deleted at this moment.
        let line = line.ok_or_else(strongroom_wire::Error::conflict)?;
        Ok(control::path(organization, line.iter().map(|node| node.id.as_str())))
    }
}
