//! What was decided, and AWS's words for it.

use serde::{Deserialize, Serialize};

use crate::Request;

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// Whether the request may go on.
    pub allowed: bool,
    /// Why.
    pub reason: Reason,
}

/// Why a request is allowed or denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// Everything that must allow the request does.
    Allowed,
    /// A statement of such a policy denies.
    ExplicitDeny(PolicyType),
    /// Such a policy would have to allow, and none does.
    ImplicitDeny(PolicyType),
}

/// The types of policy that AWS names when it denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PolicyType {
    /// A service control policy of the organization.
    ServiceControl,
    /// The policy on the resource.
    ResourceBased,
    /// The trust policy of the role to be assumed.
    RoleTrust,
    /// A policy attached to the user, its groups, or the role.
    IdentityBased,
    /// The permissions boundary.
    PermissionsBoundary,
    /// A policy passed when the session was made.
    Session,
}

impl PolicyType {
    /// AWS's name for the type, as `identity-based policy`.
    pub fn name(self) -> &'static str {
        match self {
            PolicyType::ServiceControl => "service control policy",
            PolicyType::ResourceBased => "resource-based policy",
            PolicyType::RoleTrust => "role trust policy",
            PolicyType::IdentityBased => "identity-based policy",
            PolicyType::PermissionsBoundary => "permissions boundary",
            PolicyType::Session => "session policy",
        }
    }

    /// The same with its article.
    pub fn with_article(self) -> &'static str {
        match self {
            PolicyType::ServiceControl => "a service control policy",
            PolicyType::ResourceBased => "a resource-based policy",
            PolicyType::RoleTrust => "the role trust policy",
            PolicyType::IdentityBased => "an identity-based policy",
            PolicyType::PermissionsBoundary => "a permissions boundary",
            PolicyType::Session => "a session policy",
        }
    }
}

impl Decision {
    pub(crate) fn of(reason: Reason) -> Decision {
        Decision { allowed: reason == Reason::Allowed, reason }
    }

    /// AWS's AccessDenied message for this decision; of use only when it denies.
    ///
    /// The resource is left out when there is none (`*`).
    pub fn message(&self, request: &Request<'_>) -> String {
        let (arn, action) = (request.principal.arn, request.action);
        let mut text = format!("User: {arn} is not authorized to perform: {action}");
        if request.resource != "*" {
            text.push_str(" on resource: ");
            text.push_str(request.resource);
        }
        text.push_str(&self.tail(action));
        text
    }

    /// The end of the message alone, for services that word its beginning themselves.
    pub fn tail(&self, action: &str) -> String {
        match self.reason {
            Reason::Allowed => String::new(),
            // AWS words every denial by a service control policy as explicit.
            Reason::ImplicitDeny(PolicyType::ServiceControl) => {
                Decision::of(Reason::ExplicitDeny(PolicyType::ServiceControl)).tail(action)
            }
            Reason::ImplicitDeny(policy) => {
                format!(" because no {} allows the {action} action", policy.name())
            }
            Reason::ExplicitDeny(policy) => {
                format!(" with an explicit deny in {}", policy.with_article())
            }
        }
    }
}
