//! JoinHost: enrols a host, for whoever shows a token that was made for it.
//!
//! Nobody signs this call with an access key: the token is the credential. So the framework has nobody to
//! authorize, and the token is judged here. Why one is not good, nobody is told.

use strongroom_api::{
    Audit, Authorized, Blob, Demands, Operation, Reply, Result, Sensitive, Shape,
};

use crate::host::{self, Host};
use crate::token::{Found, Token, Written};
use crate::{Call, Hosts, error, ids, paths, proof};

/// The operation.
pub struct JoinHost;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 1..=128)]
    join_token: Sensitive<String>,
    #[shape(length = 65..=65)]
    public_key: Blob,
    #[shape(length = 64..=64)]
    signature: Blob,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    host_id: String,
    arn: String,
    account: String,
    region: String,
    role_arn: String,
    instance_profile_arn: Option<String>,
    instance_profile_id: Option<String>,
}

impl Operation for JoinHost {
    const NAME: &'static str = "JoinHost";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"JoinToken": "srj.123456789012.jt-0123456789abcdef0.PLANTED-hunter2-VALUE",
        "PublicKey": "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}"#;

    type Service = Hosts;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.pace.step(call.source.address, call.now)?;
        let written = Written::parse(input.join_token.reveal());
        let written = written.ok_or_else(error::bad_join_token)?;
        check_key(call, input, written.id)?;
        let key = paths::token(written.account, written.id);
        let read = call.service.records.get::<Token>(&key).await.map_err(error::storage)?;
        match read {
            Some(read) => Ok(Found::new(read)),
            None => {
                // As long as it takes where there is one.
                let _is_never = written.is_of(None);
                Err(error::bad_join_token())
            }
        }
    }

    /// The caller is nobody yet; see the top of this file.
    fn demands<'t>(_: &'t Input, _: &'t Found) -> Demands<'t> {
        Demands::new()
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found>) -> Result<Output> {
        let token = &found.read;
        let written = Written::parse(input.join_token.reveal());
        if !written.is_some_and(|written| written.is_of(Some(token))) {
            return Err(error::bad_join_token());
        }
        if let Some((_, host_id)) = &token.used {
            return again(call, input, token, host_id).await;
        }
        if call.now >= token.expires {
            return Err(error::bad_join_token());
        }
        let host = Host {
            account: token.account.clone(),
            id: ids::new(host::ID_PREFIX, call.entropy),
            public_key: input.public_key.0.clone(),
            assigned: token.assigned.clone(),
            region: token.region.clone(),
            label: token.label.clone(),
            token_id: token.id.clone(),
            invited_by: token.creator.clone(),
            joined: call.now,
            turn: 0,
            last: None,
        };
        let reply = reply(call, &host).await?;
        // Burnt and enrolled, or neither: of two who race, one finds the token changed.
        let burnt = Token { used: Some((call.now, host.id.clone())), ..token.value.clone() };
        let mut changes = call.service.records.changes();
        changes.replace(token, &burnt).map_err(error::storage)?;
        changes.create(&paths::host(&host.account, &host.id), &host).map_err(error::storage)?;
        call.service.records.commit(changes).await.map_err(error::storage)?;
        Ok(reply)
    }
}

/// The key that is to be enrolled is at hand, and its holder means this server.
fn check_key(call: &Call<'_>, input: &Input, token_id: &str) -> Result<()> {
    let origin = call.service.origin(call)?;
    let text = proof::of_joining(&origin, token_id);
    match proof::is_signed(&input.public_key.0, &text, &input.signature.0) {
        true => Ok(()),
        false => Err(error::unsigned_key()),
    }
}

/// Whoever has joined and not heard of it may ask again: with the same key, and only while the host is
/// enrolled.
async fn again(call: &Call<'_>, input: &Input, token: &Token, host_id: &str) -> Result<Output> {
    let host = call.service.host(&token.account, host_id).await?;
    match host.filter(|host| host.public_key == input.public_key.0) {
        Some(host) => reply(call, &host).await,
        None => Err(error::bad_join_token()),
    }
}

async fn reply(call: &Call<'_>, host: &Host) -> Result<Output> {
    let role = call.service.role_now(&host.account, &host.assigned).await?;
    let role = role.ok_or_else(|| error::role_is_gone(host.assigned.arn()))?;
    let profile = host.assigned.profile();
    Ok(Output {
        host_id: host.id.clone(),
        arn: host.arn(),
        account: host.account.clone(),
        region: host.region.clone(),
        role_arn: role.arn,
        instance_profile_arn: profile.map(|(_, arn, _)| arn.to_owned()),
        instance_profile_id: profile.map(|(_, _, id)| id.to_owned()),
    })
}
