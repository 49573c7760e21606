//! Accounts of an organization, made in IAM.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{
    Body, BoxFuture, Caller, Circumstances, Error, Host, Hosted, Protocol, Result, Value,
};
use strongroom_iam::Iam;
use strongroom_organizations::{Accounts, NewAccount};

/// The port `Accounts` of Organizations over IAM.
pub struct IamAccounts {
    iam: Arc<Iam>,
    operations: Hosted<Iam>,
}

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

impl IamAccounts {
    /// Accounts of `iam`.
    #[must_use]
    pub fn new(iam: Arc<Iam>) -> Self {
        let operations = Hosted::new(Arc::clone(&iam), strongroom_iam::OPERATIONS);
        Self { iam, operations }
    }

    /// Performs an operation of IAM in the new account; one that was done before counts as done.
    async fn perform(
        &self,
        circumstances: &Circumstances<'_>,
        name: &str,
        members: &[(&'static str, &str)],
    ) -> Result<()> {
        let position = self.operations.find(name);
        let position = position.ok_or_else(|| Error::internal(format!("IAM has no {name}")))?;
        let members = members
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), Value::Text(Cow::Borrowed(*value))))
            .collect();
        let body = Body { protocol: Protocol::Query, members: Ok(Value::Map(members)) };
        match self.operations.perform(position, circumstances, body).await {
            Err(error) if error.code(strongroom_wire::Family::Query) != "EntityAlreadyExists" => {
                Err(error)
            }
            _ => Ok(()),
        }
    }
}

impl Accounts for IamAccounts {
    fn exists<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool>> {
        Box::pin(self.iam.account_exists(id))
    }

    fn create_account<'a>(
        &'a self,
        account: NewAccount<'a>,
        circumstances: &'a Circumstances<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.iam.create_account(account.id, circumstances.now).await?;
            // What happens in the new account is done by its root user, via Organizations.
            let root = Caller::root(account.id, None);
            let within = Circumstances {
                caller: &root,
                via: Some("organizations.us-east-1.amazonaws.com"),
                ..*circumstances
            };
            let trust = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{}:root"}},"Action":"sts:AssumeRole"}}]}}"#,
                account.management
            );
            let role = ("RoleName", account.role_name);
            let document = ("AssumeRolePolicyDocument", trust.as_str());
            self.perform(&within, "CreateRole", &[role, document]).await?;
            self.perform(&within, "AttachRolePolicy", &[role, ("PolicyArn", ADMINISTRATOR)]).await
        })
    }
}
