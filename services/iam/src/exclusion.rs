//! Policies that a simulation is to leave out.

use std::sync::Arc;

use strongroom_api::Shape;
use strongroom_policy::{Attachment, Named};

use crate::shape::{Arn, PolicyName};
use crate::subject::SubjectPolicies;

/// A policy to leave out, or a whole type of them.
#[derive(Clone, Debug, Shape)]
pub struct PolicyIdentifier {
    policy_arn: Option<Arn>,
    inline_policy_identifier: Option<InlinePolicyIdentifier>,
    policy_type: Option<PolicyType>,
}

/// An inline policy, by whom it is written into.
#[derive(Clone, Debug, Shape)]
pub struct InlinePolicyIdentifier {
    #[shape(length = 1..=128, pattern = r"[\w+=,.@-]+")]
    attachment_name: String,
    attachment_type: AttachmentType,
    policy_name: PolicyName,
}

/// What an inline policy is written into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum AttachmentType {
    /// A user.
    #[shape(name = "user")]
    User,
    /// A group.
    #[shape(name = "group")]
    Group,
    /// A role.
    #[shape(name = "role")]
    Role,
}

/// The types of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum PolicyType {
    /// Inline policies.
    #[shape(name = "inline")]
    Inline,
    /// AWS's policies.
    #[shape(name = "aws-managed")]
    AwsManaged,
    /// The account's managed policies.
    #[shape(name = "user-managed")]
    UserManaged,
    /// The permissions boundary.
    #[shape(name = "permission-boundary")]
    PermissionBoundary,
    /// Service control policies.
    #[shape(name = "scp")]
    ServiceControl,
    /// Resource control policies, which there are none of.
    #[shape(name = "rcp")]
    ResourceControl,
}

impl SubjectPolicies {
    /// Leaves policies out.
    pub(crate) fn exclude(&mut self, excluded: &[PolicyIdentifier]) {
        let goes = |named: &Arc<Named>| excluded.iter().any(|one| one.means(named));
        self.identity.retain(|named| !goes(named));
        self.boundary = self.boundary.take().filter(|named| !goes(named));
        if excluded.iter().any(|one| one.is_all_of(PolicyType::ServiceControl)) {
            self.service_control = Arc::default();
        }
    }
}

impl PolicyIdentifier {
    fn is_all_of(&self, kind: PolicyType) -> bool {
        self.policy_type == Some(kind)
            && self.policy_arn.is_none()
            && self.inline_policy_identifier.is_none()
    }

    fn means(&self, named: &Named) -> bool {
        if let Some(arn) = &self.policy_arn {
            return named.arn.as_deref() == Some(&**arn);
        }
        if let Some(inline) = &self.inline_policy_identifier {
            let of_group = named.attachment == Attachment::GroupInline;
            return named.arn.is_none()
                && *named.name == *inline.policy_name
                && of_group == (inline.attachment_type == AttachmentType::Group);
        }
        let is_aws = |arn: &str| arn.starts_with("arn:aws:iam::aws:");
        let kind = match (named.attachment, named.arn.as_deref()) {
            (Attachment::Boundary, _) => PolicyType::PermissionBoundary,
            (_, None) => PolicyType::Inline,
            (_, Some(arn)) if is_aws(arn) => PolicyType::AwsManaged,
            (_, Some(_)) => PolicyType::UserManaged,
        };
        self.is_all_of(kind)
    }
}
