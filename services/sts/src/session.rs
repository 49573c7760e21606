//! Sessions: sealed into tokens when they are issued, opened on each request.
//!
//! A session token holds everything that no other record holds: secret, times, session policies, tags.
//! What the role or user may do is asked of IAM when the token is used. So any node opens any token,
//! nothing is kept, and a role that is deleted or changed takes its sessions along.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use strongroom_api::access_key::{IdPrefix, secret_access_key, unique_id};
use strongroom_api::credential::LastNoted;
use strongroom_api::{
    Caller, Credential, Details, Entropy, Error, Policies, PrincipalKind, Reply, Result, Sensitive,
    Session as Issued, Timestamp,
};
use strongroom_policy::{Attachment, Kind, Named, Policy};
use zeroize::Zeroizing;

use crate::principals::Principal;
use crate::{Sts, limits, tag};

/// What tokens are sealed for.
const SEALED_FOR: &str = "sts/session";
/// No token is longer: a longer text is not looked at.
const LONGEST_TOKEN: usize = 16_384;
const FORMAT: u8 = 1;

/// What became of a session token.
#[derive(Debug)]
pub enum Session {
    /// It is good.
    Open(Arc<Credential>),
    /// It was good, and is over.
    Expired,
    /// It was not issued here, or for another key, or its role or user is gone.
    Unknown,
}

/// How a session came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// AssumeRole, AssumeRoleWithWebIdentity.
    Role,
    /// GetSessionToken.
    SessionToken,
    /// GetFederationToken.
    Federation,
}

/// What a token holds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) origin: Origin,
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) account: String,
    /// The unique id of the role or user.
    pub(crate) principal_id: String,
    /// The name of the role.
    pub(crate) principal_name: String,
    /// The name of the session.
    pub(crate) name: String,
    pub(crate) issued_millis: i64,
    pub(crate) expires_millis: i64,
    pub(crate) limits: limits::Limits,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) transitive_tag_keys: Vec<String>,
    pub(crate) source_identity: Option<String>,
    pub(crate) provider: Option<String>,
    /// The ARN of the host whose session it is.
    #[serde(default)]
    pub(crate) host: Option<String>,
}

impl Drop for Sealed {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret);
    }
}

/// A session that was opened before.
pub(crate) struct Opened {
    token: Box<str>,
    expires: Timestamp,
    credential: Arc<Credential>,
}

/// Sessions in use, by access key id.
pub(crate) type Sessions = quick_cache::sync::Cache<Box<str>, Arc<Opened>>;

/// Temporary credentials as replies show them.
#[derive(Reply)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Sensitive<String>,
    /// The session token.
    pub session_token: Sensitive<String>,
    /// When the session ends.
    pub expiration: Timestamp,
}

/// A session about to be issued.
pub(crate) struct Draft<'p> {
    pub(crate) origin: Origin,
    pub(crate) principal: &'p Principal,
    pub(crate) name: &'p str,
    pub(crate) seconds: i64,
    pub(crate) limits: limits::Limits,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) transitive_tag_keys: Vec<String>,
    pub(crate) source_identity: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) host: Option<String>,
}

impl Sts {
    /// Issues a session.
    pub(crate) fn issue(
        &self,
        draft: Draft<'_>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Credentials> {
        let principal = draft.principal;
        let expires = now.plus_millis(draft.seconds * 1_000);
        let secret = secret_access_key(entropy);
        let sealed = Sealed {
            origin: draft.origin,
            access_key_id: unique_id(IdPrefix::Asia, &principal.account, entropy),
            secret: secret.reveal().clone(),
            account: principal.account.clone(),
            principal_id: principal.id.clone(),
            principal_name: principal.name.clone(),
            name: draft.name.to_owned(),
            issued_millis: now.millis(),
            expires_millis: expires.millis(),
            limits: draft.limits,
            tags: draft.tags,
            transitive_tag_keys: draft.transitive_tag_keys,
            source_identity: draft.source_identity,
            provider: draft.provider,
            host: draft.host,
        };
        Ok(Credentials {
            access_key_id: sealed.access_key_id.clone(),
            secret_access_key: secret,
            session_token: Sensitive::new(self.seal(&sealed)?),
            // AWS tells whole seconds, so that is what holds.
            expiration: Timestamp::from_seconds(expires.seconds()),
        })
    }

    /// What `token` vouches for, if it belongs to the access key.
    ///
    /// # Errors
    /// Internal only: IAM's store fails.
    pub async fn session(
        &self,
        access_key_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Session> {
        if let Some(known) = self.sessions.get(access_key_id).filter(|one| *one.token == *token) {
            if now >= known.expires {
                return Ok(Session::Expired);
            }
            let credential = &known.credential;
            if !self.has_its_host(&credential.caller).await? {
                return Ok(Session::Unknown);
            }
            let generation = self.principals.generation(&credential.account).await?;
            if generation == credential.generation {
                return Ok(Session::Open(credential.clone()));
            }
        }
        let Some(sealed) = self.open(token) else { return Ok(Session::Unknown) };
        if sealed.access_key_id != access_key_id {
            return Ok(Session::Unknown);
        }
        let expires = Timestamp::from_millis(sealed.expires_millis);
        if now >= expires {
            return Ok(Session::Expired);
        }
        let Some(credential) = self.credential(&sealed).await? else {
            return Ok(Session::Unknown);
        };
        if !self.has_its_host(&credential.caller).await? {
            return Ok(Session::Unknown);
        }
        let credential = Arc::new(credential);
        let opened = Opened { token: token.into(), expires, credential: credential.clone() };
        self.sessions.insert(access_key_id.into(), Arc::new(opened));
        Ok(Session::Open(credential))
    }

    /// Whether the host whose session this is, if it is a host's, still is enrolled. Asked for every
    /// request, since the host may be of another account than the role, whose generation tells nothing
    /// of it then.
    async fn has_its_host(&self, caller: &Caller) -> Result<bool> {
        match caller.details.session.as_ref().and_then(|session| session.host.as_deref()) {
            None => Ok(true),
            Some(arn) => self.principals.is_enrolled(arn).await,
        }
    }

    fn seal(&self, session: &Sealed) -> Result<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(4_096));
        bytes.push(FORMAT);
        rmp_serde::encode::write_named(&mut *bytes, session).map_err(Error::internal)?;
        Ok(BASE64URL_NOPAD.encode(&self.keyring.seal(SEALED_FOR, &bytes)))
    }

    fn open(&self, token: &str) -> Option<Sealed> {
        if token.len() > LONGEST_TOKEN {
            return None;
        }
        let sealed = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let bytes = self.keyring.open(SEALED_FOR, &sealed).ok()?;
        match bytes.split_first()? {
            (&FORMAT, fields) => rmp_serde::from_slice(fields).ok(),
            _ => None,
        }
    }

    async fn credential(&self, sealed: &Sealed) -> Result<Option<Credential>> {
        // Read before what it vouches for: what changes from here on makes the next call look anew.
        let generation = self.principals.generation(&sealed.account).await?;
        let principal = match sealed.origin {
            Origin::Role => {
                let role = self.principals.role(&sealed.account, &sealed.principal_name).await?;
                role.map(|role| role.principal)
            }
            Origin::SessionToken | Origin::Federation => {
                self.principals.user(&sealed.principal_id).await?
            }
        };
        // A role made anew under the same name is another role.
        let principal = principal.filter(|principal| principal.id == sealed.principal_id);
        let Some(principal) = principal else { return Ok(None) };
        let session = self.session_policies(sealed).await?;
        let caller = caller(sealed, principal, session)?;
        Ok(Some(Credential {
            access_key_id: sealed.access_key_id.clone(),
            account: sealed.account.clone(),
            secret: Sensitive::new(sealed.secret.clone()),
            generation,
            active: true,
            caller: Arc::new(caller),
            used: LastNoted::default(),
        }))
    }

    async fn session_policies(&self, sealed: &Sealed) -> Result<Option<Vec<Arc<Named>>>> {
        let mut policies = Vec::new();
        if let Some(document) = &sealed.limits.policy {
            policies.push(named("session policy", document)?);
        }
        for arn in &sealed.limits.policy_arns {
            // A policy that was deleted meanwhile gives nothing any more.
            policies.extend(self.principals.managed_policy(&sealed.account, arn).await?);
        }
        let limited = sealed.limits.policy.is_some() || !sealed.limits.policy_arns.is_empty();
        Ok(match sealed.origin {
            Origin::Role => limited.then_some(policies),
            Origin::SessionToken => Some(vec![named("session token", SESSION_TOKEN)?]),
            Origin::Federation => {
                policies.push(named("federation", FEDERATION)?);
                limited.then_some(policies)
            }
        })
    }
}

/// What sessions of GetSessionToken may not: call IAM, and of STS more than two operations.
const SESSION_TOKEN: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"*","Resource":"*"},
    {"Effect":"Deny","Action":"iam:*","Resource":"*"},
    {"Effect":"Deny","Action":["sts:GetSessionToken","sts:GetFederationToken","sts:GetAccessKeyInfo","sts:DecodeAuthorizationMessage"],"Resource":"*"}]}"#;
/// What sessions of GetFederationToken may not: call IAM and STS.
const FEDERATION: &str = r#"{"Version":"2012-10-17","Statement":
    {"Effect":"Deny","Action":["iam:*","sts:*"],"Resource":"*"}}"#;
/// What a root user has to give to a federated user.
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn named(name: &str, document: &str) -> Result<Arc<Named>> {
    let policy = Policy::parse(document, Kind::Session).map_err(Error::internal)?;
    let attachment = Attachment::Session;
    Ok(Arc::new(Named { policy, name: name.into(), arn: None, attachment }))
}

fn caller(
    sealed: &Sealed,
    principal: Principal,
    session: Option<Vec<Arc<Named>>>,
) -> Result<Caller> {
    let Principal { account, arn, id, name, tags, policies, organization } = principal;
    let is_root = id == account;
    let mut details = Details {
        access_key_id: Some(sealed.access_key_id.clone()),
        session: Some(Issued {
            issuer_arn: arn.clone(),
            issuer_id: id.clone(),
            issuer_name: name.clone(),
            issued: Timestamp::from_millis(sealed.issued_millis),
            mfa: false,
            source_identity: sealed.source_identity.clone(),
            federated_provider: sealed.provider.clone(),
            transitive_tag_keys: sealed.transitive_tag_keys.clone(),
            host: sealed.host.clone(),
        }),
        tags: tag::overlaid(tags, &sealed.tags),
        policies: Policies { session, ..policies },
        organization,
        ..Details::default()
    };
    let session_name = &sealed.name;
    Ok(match sealed.origin {
        Origin::Role => {
            let arn = format!("arn:aws:sts::{account}:assumed-role/{name}/{session_name}");
            let id = format!("{id}:{session_name}");
            Caller::new(PrincipalKind::AssumedRole, account, arn, id, details)
        }
        Origin::SessionToken if is_root => {
            Caller::new(PrincipalKind::Root, account, arn, id, details)
        }
        Origin::SessionToken => {
            details.user_name = Some(name);
            Caller::new(PrincipalKind::User, account, arn, id, details)
        }
        Origin::Federation => {
            if is_root {
                details.policies.identity = vec![named("root", EVERYTHING)?];
            } else {
                details.federated_by = Some((arn, id));
            }
            let arn = format!("arn:aws:sts::{account}:federated-user/{session_name}");
            let id = format!("{account}:{session_name}");
            Caller::new(PrincipalKind::Federated, account, arn, id, details)
        }
    })
}
