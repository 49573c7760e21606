//! The policies that speak about a request: those of the caller and those of the resource.

use std::sync::Arc;

use crate::{Grant, Policy};

/// A policy with the name under which it is attached, for explanations.
#[derive(Debug)]
pub struct Named {
    /// The policy.
    pub policy: Policy,
    /// Its name.
    pub name: Box<str>,
    /// Its ARN, if it is a managed policy.
    pub arn: Option<Box<str>>,
    /// How it came to apply.
    pub attachment: Attachment,
}

impl Named {
    /// A policy under a name, with no ARN.
    pub fn inline(name: &str, policy: Policy) -> Arc<Named> {
        Arc::new(Named { policy, name: name.into(), arn: None, attachment: Attachment::Inline })
    }

    /// A managed policy.
    pub fn managed(name: &str, arn: &str, policy: Policy) -> Arc<Named> {
        Arc::new(Named {
            policy,
            name: name.into(),
            arn: Some(arn.into()),
            attachment: Attachment::Managed,
        })
    }
}

/// How a policy came to apply to a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub enum Attachment {
    /// Written into the user or role.
    Inline,
    /// A managed policy attached to the user or role.
    Managed,
    /// Written into a group of the user.
    GroupInline,
    /// A managed policy attached to a group of the user.
    GroupManaged,
    /// Set as permissions boundary.
    Boundary,
    /// Passed when the session was made.
    Session,
    /// A service control policy on the account or above it.
    ServiceControl,
}

/// The policies on the caller's side. The default has none, and so allows nothing by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Authority<'a> {
    /// Identity policies: the user's and its groups', or the role's. Not read for a root user.
    pub identity: &'a [Arc<Named>],
    /// The permissions boundary of the user or role.
    pub boundary: Option<&'a Named>,
    /// The session policies; `Some` and empty is a session scoped to nothing.
    pub session: Option<&'a [Arc<Named>]>,
    /// Service control policies: one list for each level, from the root to the account. Empty when
    /// none limits the caller (no organization, its management account, a service-linked role).
    /// Every level must allow.
    pub service_control: &'a [Vec<Arc<Named>>],
}

/// How the resource takes part in the decision.
#[derive(Clone, Copy, Debug)]
pub enum ResourceRule<'a> {
    /// The resource cannot carry a policy; only its own account reaches it.
    None,
    /// The resource can carry a policy, and does or does not.
    Ordinary(Option<&'a Policy>),
    /// A KMS key: its policy is the root of trust, and its grants allow too.
    Key {
        /// The key policy.
        policy: &'a Policy,
        /// The grants on the key.
        grants: &'a [Grant],
    },
    /// A role that is to be assumed.
    Trust(&'a Policy),
}
