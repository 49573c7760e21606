//! Whatever has tags: nodes and policies alike.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::{Target, Values};
use strongroom_wire::Result;

use crate::find::{Found, FoundNode, Resource};
use crate::id::Named;
use crate::node::Node;
use crate::policy::Held;
use crate::{Call, Organizations, error};

/// Something with tags.
pub enum Tagged {
    /// A root, unit or account.
    Node(Found<FoundNode>),
    /// A policy.
    Policy(Found<Held>),
}

impl Tagged {
    /// Finds it.
    ///
    /// # Errors
    /// TargetNotFoundException.
    pub async fn find(call: &Call<'_>, id: &str) -> Result<Self> {
        if Named::by(id) != Named::Policy {
            let node = call.service.find_node(call, id, |_| true, error::no_such_target).await?;
            return Ok(Self::Node(node));
        }
        let organization = call.service.managed(call).await?;
        let held = call.service.policy(&organization, id).await.map_err(error::of_record)?;
        let of = held.ok_or_else(|| error::no_such_target(&organization, id))?;
        Ok(Self::Policy(Found { organization, of }))
    }

    /// Its tags.
    pub fn tags(&self) -> BTreeMap<String, String> {
        let tags = match self {
            Self::Node(found) => found.of.tags(),
            Self::Policy(found) => found.of.tags(),
        };
        tags.cloned().unwrap_or_default()
    }

    /// Gives it `tags` and no others.
    ///
    /// # Errors
    /// AWS's own policy has none.
    pub async fn save(
        &self,
        service: &Organizations,
        tags: BTreeMap<String, String>,
    ) -> Result<()> {
        let mut edit = match self {
            Self::Node(found) => service.edit(&found.organization),
            Self::Policy(found) => service.edit(&found.organization),
        };
        match self {
            Self::Node(found) => {
                edit.replace(&found.of, &Node { tags, ..Node::clone(&found.of) })?;
            }
            Self::Policy(found) => {
                let Held::Own(policy) = &found.of else { return Err(error::immutable_policy()) };
                let mut changed = policy.edited();
                changed.tags = tags;
                edit.replace(policy, &changed)?;
            }
        }
        edit.commit().await
    }

    fn target(&self) -> &dyn Target {
        match self {
            Self::Node(found) => found,
            Self::Policy(found) => found,
        }
    }
}

impl Target for Tagged {
    fn arn(&self) -> Cow<'_, str> {
        self.target().arn()
    }

    fn account(&self) -> &str {
        self.target().account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.target().tag(key)
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        self.target().condition(key)
    }
}
