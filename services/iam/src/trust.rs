//! Trust policies: they name users and roles by ARN and mean them by unique id.
//!
//! AWS stores the unique ids. So a role that is deleted and made anew is not trusted again, and the
//! policy shows `AROA…` for it.

use std::collections::BTreeMap;

use strongroom_api::Result;
use strongroom_policy::{Kind, Policy, PrincipalForm, PrincipalPattern};

use crate::entity::{Role, Sort, User};
use crate::holder::Entity;
use crate::{Iam, error, grants, path};

/// AWS's quota for the characters of a trust policy.
const LONGEST: usize = 2_048;

impl Iam {
    /// A trust policy as it is stored: checked, with unique ids.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`, also for a principal that does not exist; `LimitExceeded`.
    pub(crate) async fn trust_to_store(&self, document: &str) -> Result<String> {
        let parsed = Policy::parse(document, Kind::Trust);
        let policy = parsed.map_err(|malformed| error::malformed_policy(&malformed))?;
        if policy.size() > LONGEST {
            return Err(error::limit_exceeded("ACLSizePerRole", LONGEST));
        }
        self.with_ids(&policy).await?.map_err(|unknown| error::invalid_principal(&unknown))
    }

    /// The document of a policy with unique ids in place of the ARNs of users and roles; the error is
    /// a principal that does not exist.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn with_ids(&self, policy: &Policy) -> Result<Result<String, String>> {
        let mut ids = BTreeMap::new();
        for principal in policy.principals() {
            let text = principal.text();
            match self.id_of(principal).await? {
                None => {}
                Some(Some(id)) => {
                    ids.insert(text.to_owned(), id);
                }
                Some(None) => return Ok(Err(text.to_owned())),
            }
        }
        Ok(Ok(policy.with_principals_replaced(|principal| ids.get(principal.text()).cloned())))
    }

    /// What a principal is known by: the unique id of the user or role with this ARN, the text itself
    /// of anybody else; `None` if it does not exist.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn identify(&self, principal: &str) -> Result<Option<String>> {
        let statement = serde_json::json!({
            "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole",
        });
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": statement});
        let Ok(policy) = Policy::parse(&document.to_string(), Kind::Trust) else { return Ok(None) };
        let Some(named) = policy.principals().next() else { return Ok(None) };
        Ok(match self.id_of(named).await? {
            None => Some(principal.to_owned()),
            Some(id) => id,
        })
    }

    /// A stored trust policy as it is shown: with ARNs for all who still exist.
    pub(crate) async fn trust_to_show(&self, stored: &str) -> Result<String> {
        let policy = grants::parse(stored, Kind::Trust)?;
        self.with_arns(&policy).await
    }

    /// The document of a policy with ARNs in place of the unique ids of users and roles that exist.
    ///
    /// # Errors
    /// Internal only: the store fails.
    pub async fn with_arns(&self, policy: &Policy) -> Result<String> {
        let mut arns = BTreeMap::new();
        for principal in policy.principals().filter(|one| one.form() == PrincipalForm::UniqueId) {
            if let Some(arn) = self.arn_of(principal.text()).await? {
                arns.insert(principal.text().to_owned(), arn);
            }
        }
        Ok(policy.with_principals_replaced(|principal| arns.get(principal.text()).cloned()))
    }

    /// `None` for a principal that stays as it is written; `Some(None)` for one that does not exist.
    async fn id_of(&self, principal: &PrincipalPattern) -> Result<Option<Option<String>>> {
        let text = principal.text();
        let account = principal.account().unwrap_or_default();
        let name = path::tail(text);
        let known = |exists: bool| if exists { None } else { Some(None) };
        Ok(match principal.form() {
            PrincipalForm::User => {
                let user = self.get::<User>(account, name).await?;
                Some(user.filter(|user| user.arn() == text).map(|user| user.id.clone()))
            }
            PrincipalForm::Role => {
                let role = self.get::<Role>(account, name).await?;
                Some(role.filter(|role| role.arn() == text).map(|role| role.id.clone()))
            }
            PrincipalForm::Session => {
                let role = text.split('/').nth(1).unwrap_or_default();
                known(self.get::<Role>(account, role).await?.is_some())
            }
            // An account may live on another installation, so every one counts as existing.
            PrincipalForm::Account => None,
            PrincipalForm::UniqueId => known(self.holder(text).await?.is_some()),
            _ => None,
        })
    }

    /// The ARN of the user or role with this unique id, if it exists.
    async fn arn_of(&self, id: &str) -> Result<Option<String>> {
        let Some(holder) = self.holder(id).await? else { return Ok(None) };
        Ok(match holder.sort {
            Sort::User => self.get::<User>(&holder.account, &holder.name).await?.map(|u| u.arn()),
            Sort::Role => self.get::<Role>(&holder.account, &holder.name).await?.map(|r| r.arn()),
            Sort::Group => None,
        })
    }
}
