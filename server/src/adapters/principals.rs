//! Whom sessions are issued for, from IAM, and which hosts are enrolled.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Result};
use strongroom_hosts::Enrolled;
use strongroom_iam::{Iam, principals as iam};
use strongroom_policy::Named;
use strongroom_sts::principals::{Principal, Principals, Provider, Role};

/// The port `Principals` of STS over IAM and the hosts.
pub struct IamPrincipals(pub Arc<Iam>, pub Enrolled);

impl Principals for IamPrincipals {
    fn role<'a>(&'a self, account: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<Role>>> {
        Box::pin(async move { Ok(self.0.role_principal(account, name).await?.map(role)) })
    }

    fn user<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Principal>>> {
        Box::pin(async move { Ok(self.0.user_principal(id).await?.map(principal)) })
    }

    fn managed_policy<'a>(
        &'a self,
        account: &'a str,
        arn: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Named>>>> {
        Box::pin(self.0.session_policy(account, arn))
    }

    fn provider<'a>(
        &'a self,
        account: &'a str,
        url: &'a str,
    ) -> BoxFuture<'a, Result<Option<Provider>>> {
        Box::pin(async move {
            let known = self.0.known_provider(account, url).await?;
            Ok(known.map(|known| Provider { arn: known.arn, client_ids: known.client_ids }))
        })
    }

    fn is_enrolled<'a>(&'a self, host_arn: &'a str) -> BoxFuture<'a, Result<bool>> {
        Box::pin(self.1.has(host_arn))
    }

    fn generation<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<u64>> {
        Box::pin(self.0.generation(account))
    }
}

fn role(role: iam::Role) -> Role {
    let iam::Role { principal: of, trust, max_session_seconds } = role;
    Role { principal: principal(of), trust, max_session_seconds }
}

fn principal(principal: iam::Principal) -> Principal {
    let iam::Principal { account, arn, id, name, tags, policies, organization } = principal;
    Principal { account, arn, id, name, tags, policies, organization }
}
