//! Sessions for the holders of certificates, from STS: each is an AssumeRole by Roles Anywhere that the
//! role's trust policy has to allow and that goes on record.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Caller, Circumstances, Details, PrincipalKind, Result, Source};
use strongroom_rolesanywhere::sessions::{Request, Session, Sessions};
use strongroom_sts::Sts;
use strongroom_sts::limits::PolicyDescriptor;
use strongroom_sts::operations::{AssumeRole, Carried};
use strongroom_sts::tag::Tag;

use crate::adapters::assume::assume;

/// The port `Sessions` of Roles Anywhere over STS.
pub struct StsSessions(pub Arc<Sts>);

const SERVICE: &str = "rolesanywhere.amazonaws.com";

impl Sessions for StsSessions {
    fn assume<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        request: Request<'a>,
    ) -> BoxFuture<'a, Result<Option<Session>>> {
        Box::pin(async move {
            let caller = caller(&request);
            let source = Source { address: SERVICE, user_agent: SERVICE, ..Source::default() };
            let circumstances = Circumstances { caller: &caller, source, ..*circumstances };
            let tag = |(key, value): &(String, String)| Tag::new(key, value);
            let carried = Carried {
                policy: request.policy.map(str::to_owned),
                policy_arns: request.policy_arns.iter().map(|a| PolicyDescriptor::of(a)).collect(),
                tags: request.tags.iter().map(tag).collect(),
                source_identity: Some(request.source_identity.to_owned()),
            };
            let (role, name) = (request.role_arn, request.name);
            let input = AssumeRole::carrying(role, name, request.seconds, carried);
            let assumed = assume(&self.0, &circumstances, &input).await?;
            Ok(assumed.map(|assumed| Session {
                access_key_id: assumed.credentials.access_key_id,
                secret_access_key: assumed.credentials.secret_access_key,
                session_token: assumed.credentials.session_token,
                expires: assumed.credentials.expiration,
                assumed_role_id: assumed.assumed_role_user.assumed_role_id,
                assumed_role_arn: assumed.assumed_role_user.arn,
                packed_policy_size: assumed.packed_policy_size,
            }))
        })
    }
}

/// Roles Anywhere, on behalf of a trust anchor. Trust policies ask for the certificate's attributes as
/// tags of the principal.
fn caller(request: &Request<'_>) -> Caller {
    let details = Details {
        service: Some(SERVICE.to_owned()),
        source: Some((request.trust_anchor_arn.to_owned(), request.account.to_owned())),
        tags: request.tags.to_vec(),
        ..Details::default()
    };
    Caller::new(PrincipalKind::Service, request.account, SERVICE, SERVICE, details)
}
