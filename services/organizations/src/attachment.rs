//! A policy and what it is attached to, or is to be.

use std::borrow::Cow;

use strongroom_api::{Demand, Demands, Target, Values};
use strongroom_wire::Result;

use crate::edit::Edit;
use crate::find::{Found, FoundNode};
use crate::node::{Attached, Node};
use crate::policy::Held;
use crate::shapes::{PolicyId, PolicyTargetId};
use crate::{Call, error};

/// A policy and a target: AWS wants permission for both.
pub struct Attachment {
    /// The policy.
    pub policy: Found<Held>,
    /// The root, unit or account.
    pub node: Found<FoundNode>,
}

impl Attachment {
    /// Finds both.
    ///
    /// # Errors
    /// PolicyNotFoundException, TargetNotFoundException.
    pub async fn find(call: &Call<'_>, policy: &PolicyId, target: &PolicyTargetId) -> Result<Self> {
        let policy = call.service.find_policy(call, &policy.0).await?;
        let organization = policy.organization.clone();
        let missing = error::no_such_target;
        let of = call.service.node_that(&organization, &target.0, |_| true, missing).await?;
        Ok(Self { policy, node: Found { organization, of } })
    }

    /// Permission for `action` on both.
    pub fn demands(&self, action: &'static str) -> Demands<'_> {
        Demands::from_iter([Demand::of(action, &self.policy), Demand::of(action, &self.node)])
    }
}

impl Target for Attachment {
    fn arn(&self) -> Cow<'_, str> {
        self.policy.arn()
    }

    fn account(&self) -> &str {
        self.policy.account()
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        self.policy.condition(key)
    }
}

impl Edit<'_> {
    /// Attaches to `node` these policies and no others.
    pub(crate) fn attach(&mut self, node: &FoundNode, policies: Vec<String>) -> Result<()> {
        let attached = Attached { era: self.organization.service_control.era, policies };
        self.replace(node, &Node { attached, ..Node::clone(node) })
    }
}
