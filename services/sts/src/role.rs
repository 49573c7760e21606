//! The role that somebody wants to assume.

use std::borrow::Cow;

use strongroom_api::{Circumstances, Reply, ResourceRule, Result, Shape, Target};
use strongroom_policy::{Decision, Request};

use crate::principals::Role;
use crate::{Call, Sts, error};

/// An ARN, of a role for the most part.
#[derive(Clone, Debug, Shape)]
#[shape(
    length = 20..=2048,
    pattern = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
)]
pub struct Arn(pub(crate) String);

/// The name of a session.
#[derive(Clone, Debug, Shape)]
#[shape(length = 2..=64, pattern = r"[\w+=,.@-]*")]
pub struct SessionName(pub(crate) String);

/// Who a session of a role is.
#[derive(Reply)]
pub struct AssumedRoleUser {
    /// `AROA…:session`.
    pub assumed_role_id: String,
    /// The ARN of the session.
    pub arn: String,
}

impl AssumedRoleUser {
    /// The session `name` of `role`.
    pub(crate) fn of(role: &Role, name: &str) -> Self {
        let principal = &role.principal;
        Self {
            assumed_role_id: format!("{}:{name}", principal.id),
            arn: format!(
                "arn:aws:sts::{}:assumed-role/{}/{name}",
                principal.account, principal.name
            ),
        }
    }
}

impl Sts {
    /// Whether the caller may assume the role of this ARN. A role that is not there nobody may.
    ///
    /// # Errors
    /// Internal only.
    pub async fn may_assume(&self, circumstances: &Circumstances<'_>, arn: &str) -> Result<bool> {
        match self.find_role(arn).await {
            Ok(Some(role)) => {
                Ok(Call::new(self, circumstances).would_allow("sts:AssumeRole", &role))
            }
            Ok(None) => Ok(false),
            Err(error) if error.is_internal() => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// The role of this ARN; `None` if there is none.
    ///
    /// # Errors
    /// `ValidationError` for an ARN that is no role's.
    pub(crate) async fn find_role(&self, arn: &str) -> Result<Option<Role>> {
        let (account, name) = parts(arn).ok_or_else(|| error::not_a_role(arn))?;
        let role = self.principals.role(account, name).await?;
        Ok(role.filter(|role| role.principal.arn == arn))
    }
}

/// Account and name of a role's ARN.
pub(crate) fn parts(arn: &str) -> Option<(&str, &str)> {
    let (account, path) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some((account, name))
}

impl Target for Role {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.principal.arn)
    }

    fn account(&self) -> &str {
        &self.principal.account
    }

    fn resource_type(&self) -> Option<&'static str> {
        Some("AWS::IAM::Role")
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let tags = &self.principal.tags;
        let tag = tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        tag.map(|(_, value)| value.as_str())
    }

    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::Trust(&self.trust)
    }

    /// Without the reason: a role that does not trust the caller looks like one that is not there.
    fn denial(&self, request: &Request<'_>, _: &Decision) -> Option<String> {
        let (caller, action) = (request.principal.arn, request.action);
        let denied = error::may_not(caller, action, &self.principal.arn);
        Some(denied.message().to_owned())
    }
}
