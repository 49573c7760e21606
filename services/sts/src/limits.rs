//! What limits a session beyond its role or user: session policies.

use serde::{Deserialize, Serialize};
use strongroom_api::{Result, Shape};
use strongroom_policy::{Kind, Policy};

use crate::role::Arn;
use crate::{Sts, error};

/// A managed policy that a session is limited to.
#[derive(Clone, Debug, Shape)]
pub struct PolicyDescriptor {
    #[shape(name = "arn")]
    arn: Option<Arn>,
}

/// The session policies of one session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// A document.
    pub(crate) policy: Option<String>,
    /// Managed policies.
    pub(crate) policy_arns: Vec<String>,
}

impl PolicyDescriptor {
    /// The policy of this ARN.
    #[must_use]
    pub fn of(arn: &str) -> Self {
        Self { arn: Some(Arn(arn.to_owned())) }
    }
}

const MOST_POLICIES: usize = 10;
/// AWS packs policies and tags into a space of unpublished size; ours has this many bytes.
const SPACE: usize = 4_096;
/// AWS's quota for the characters of a session policy.
const LONGEST_POLICY: usize = 2_048;

impl Sts {
    /// Reads and checks the session policies of a request.
    pub(crate) async fn limits(
        &self,
        account: &str,
        policy: Option<&str>,
        policies: Option<&[PolicyDescriptor]>,
    ) -> Result<Limits> {
        if let Some(document) = policy {
            let parsed = Policy::parse(document, Kind::Session);
            let parsed = parsed.map_err(|malformed| error::malformed_policy(&malformed))?;
            if parsed.size() > LONGEST_POLICY {
                return Err(error::packed_policy_too_large(percent(parsed.size(), LONGEST_POLICY)));
            }
        }
        let descriptors = policies.unwrap_or_default().iter();
        let policy_arns: Vec<_> =
            descriptors.filter_map(|one| one.arn.as_ref().map(|arn| arn.0.clone())).collect();
        if policy_arns.len() > MOST_POLICIES {
            return Err(error::too_many_policies());
        }
        for arn in &policy_arns {
            if self.principals.managed_policy(account, arn).await?.is_none() {
                return Err(error::no_such_policy(arn));
            }
        }
        Ok(Limits { policy: policy.map(str::to_owned), policy_arns })
    }
}

impl Limits {
    /// How much of the allotted space policies and tags take, in percent; `None` if there are none.
    ///
    /// # Errors
    /// `PackedPolicyTooLarge` for more than all of it.
    pub(crate) fn packed_size(&self, tags: &[(String, String)]) -> Result<Option<i64>> {
        let policies = self.policy_arns.iter().chain(&self.policy).map(String::len);
        let tags = tags.iter().map(|(key, value)| key.len() + value.len() + 2);
        let bytes: usize = policies.chain(tags).sum();
        match percent(bytes, SPACE) {
            _ if bytes == 0 => Ok(None),
            percent @ ..=100 => Ok(Some(percent as i64)),
            percent => Err(error::packed_policy_too_large(percent)),
        }
    }
}

fn percent(part: usize, whole: usize) -> usize {
    (part * 100).div_ceil(whole)
}
