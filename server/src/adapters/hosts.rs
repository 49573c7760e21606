//! What the service of hosts needs: roles and instance profiles from IAM, and sessions from STS. Each
//! session is an AssumeRole that the role's trust policy has to allow and that goes on record.

use std::sync::Arc;

use strongroom_api::{
    BoxFuture, Caller, Circumstances, Details, PrincipalKind, Result, Session as Issued,
};
use strongroom_hosts::ports::{Asked, Profile, Role, Roles, Session, Sessions};
use strongroom_iam::Iam;
use strongroom_sts::Sts;
use strongroom_sts::operations::AssumeRole;

use crate::adapters::assume::assume;

/// The port `Roles` over IAM.
pub struct HostRoles(pub Arc<Iam>);

impl HostRoles {
    async fn named(&self, account: &str, name: &str) -> Result<Option<Role>> {
        let role = self.0.role_principal(account, name).await?;
        Ok(role.map(|role| Role {
            arn: role.principal.arn,
            id: role.principal.id,
            tags: role.principal.tags,
        }))
    }
}

impl Roles for HostRoles {
    fn role<'a>(&'a self, account: &'a str, arn: &'a str) -> BoxFuture<'a, Result<Option<Role>>> {
        Box::pin(async move {
            let name = arn.rsplit('/').next().unwrap_or_default();
            let role = self.named(account, name).await?;
            // Of another path, or another account, it is another role.
            Ok(role.filter(|role| role.arn == arn))
        })
    }

    fn profile<'a>(
        &'a self,
        account: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Profile>>> {
        Box::pin(async move {
            let Some(found) = self.0.known_profile(account, name).await? else { return Ok(None) };
            let role = match &found.role {
                Some(role) => self.named(account, role).await?,
                None => None,
            };
            Ok(Some(Profile { arn: found.arn, id: found.id, role }))
        })
    }
}

/// The port `Sessions` over STS.
pub struct HostSessions(pub Arc<Sts>);

/// Roles that instances of EC2 may have are roles that hosts may have.
const SERVICE: &str = "ec2.amazonaws.com";

impl Sessions for HostSessions {
    fn begin<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        asked: Asked<'a>,
    ) -> BoxFuture<'a, Result<Option<Session>>> {
        Box::pin(async move {
            let caller = caller(circumstances, &asked);
            let circumstances = Circumstances { caller: &caller, ..*circumstances };
            let input = AssumeRole::input(asked.role_arn, asked.host_id, asked.seconds);
            let assumed = assume(&self.0, &circumstances, &input).await?;
            Ok(assumed.map(|assumed| Session {
                access_key_id: assumed.credentials.access_key_id,
                secret_access_key: assumed.credentials.secret_access_key,
                session_token: assumed.credentials.session_token,
                expires: assumed.credentials.expiration,
            }))
        })
    }
}

/// EC2, on behalf of the host. The source identity is set already and is inherited, as along any chain of
/// roles, so the role need not allow that somebody sets one; and so is the host.
fn caller(circumstances: &Circumstances<'_>, asked: &Asked<'_>) -> Caller {
    let session = Issued {
        issued: circumstances.now,
        source_identity: Some(asked.host_id.to_owned()),
        host: Some(asked.host_arn.to_owned()),
        ..Issued::default()
    };
    let details = Details {
        service: Some(SERVICE.to_owned()),
        source: Some((asked.host_arn.to_owned(), asked.account.to_owned())),
        session: Some(session),
        ..Details::default()
    };
    Caller::new(PrincipalKind::Service, asked.account, SERVICE, SERVICE, details)
}
