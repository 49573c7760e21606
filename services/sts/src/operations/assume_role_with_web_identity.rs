//! AssumeRoleWithWebIdentity: gives the bearer of an identity provider's token a session of a role.
//!
//! Nobody signs this call: the token is the credential. So the framework has nobody to authorize, and
//! the role's trust policy is asked here, about the identity that the token proves.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Demands, Operation, Reply, Result, Sensitive, Shape, Values,
};
use strongroom_policy::{Authority, Context, Principal, Request, ResourceRule, decide};
use strongroom_wire::json;

use crate::jwks::JwkSet;
use crate::limits::PolicyDescriptor;
use crate::principals::{Provider, Role};
use crate::role::{Arn, AssumedRoleUser, SessionName};
use crate::session::{Credentials, Draft, Origin};
use crate::token::Token;
use crate::{Call, Sts, error, role};

/// The operation.
pub struct AssumeRoleWithWebIdentity;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_arn: Arn,
    role_session_name: SessionName,
    #[shape(length = 4..=20000)]
    web_identity_token: Sensitive<String>,
    #[shape(length = 4..=2048)]
    provider_id: Option<String>,
    policy_arns: Option<Vec<PolicyDescriptor>>,
    #[shape(length = 1..=2048, pattern = r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
    policy: Option<String>,
    #[shape(range = 900..=43200)]
    duration_seconds: Option<i32>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    credentials: Credentials,
    subject_from_web_identity_token: String,
    assumed_role_user: AssumedRoleUser,
    packed_policy_size: Option<i64>,
    provider: String,
    audience: String,
    source_identity: Option<String>,
}

/// The usual length of a session, in seconds.
const HOUR: i64 = 3_600;
const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

impl Operation for AssumeRoleWithWebIdentity {
    const NAME: &'static str = "AssumeRoleWithWebIdentity";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RoleArn": "arn:aws:iam::123456789012:role/app",
        "RoleSessionName": "pod", "WebIdentityToken": "a.b.c"}"#;

    type Service = Sts;
    type Input = Input;
    type Target = Role;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Role> {
        let role = call.service.find_role(&input.role_arn.0).await?;
        role.ok_or_else(error::web_identity_denied)
    }

    /// The caller is nobody yet; see the top of this file.
    fn demands<'t>(_: &'t Input, _: &'t Role) -> Demands<'t> {
        Demands::new()
    }

    fn identity(input: &Input) -> Option<String> {
        let token = Token::read(input.web_identity_token.reveal()).ok()?;
        let (account, _) = role::parts(&input.role_arn.0)?;
        let issuer = token.issuer().ok()?.strip_prefix("https://")?.trim_end_matches('/');
        let provider = format!("arn:aws:iam::{account}:oidc-provider/{issuer}");
        let (subject, audience) = (token.subject().ok()?, token.audiences().into_iter().next()?);
        let principal = format!("{provider}:{audience}:{subject}");
        let mut identity = b"{\"type\":\"WebIdentityUser\"".to_vec();
        for (name, value) in [
            ("principalId", principal.as_str()),
            ("userName", subject),
            ("identityProvider", &provider),
        ] {
            identity.extend_from_slice(format!(",\"{name}\":").as_bytes());
            json::push_string(&mut identity, value);
        }
        identity.push(b'}');
        String::from_utf8(identity).ok()
    }

    async fn run(call: &Call<'_>, input: &Input, role: Authorized<Role>) -> Result<Output> {
        let token = Token::read(input.web_identity_token.reveal())?;
        let proven = prove(call, &token, &role).await?;
        check_trust(call, &proven, &role, input)?;
        let seconds = input.duration_seconds.map_or(HOUR, i64::from);
        if seconds > role.max_session_seconds {
            return Err(error::too_long_for_role());
        }
        let (tags, transitive_tag_keys) = token.tags();
        let (account, policies) = (&role.principal.account, input.policy_arns.as_deref());
        let limits = call.service.limits(account, input.policy.as_deref(), policies).await?;
        let packed_policy_size = limits.packed_size(&tags)?;
        let source_identity = token.source_identity().map(str::to_owned);
        let draft = Draft {
            origin: Origin::Role,
            principal: &role.principal,
            name: &input.role_session_name.0,
            seconds,
            limits,
            tags,
            transitive_tag_keys,
            source_identity: source_identity.clone(),
            provider: Some(proven.provider.arn.clone()),
            host: None,
        };
        Ok(Output {
            credentials: call.service.issue(draft, call.now, call.entropy)?,
            subject_from_web_identity_token: token.subject()?.to_owned(),
            assumed_role_user: AssumedRoleUser::of(&role, &input.role_session_name.0),
            packed_policy_size,
            provider: proven.issuer.to_owned(),
            audience: proven.audience.to_owned(),
            source_identity,
        })
    }
}

/// An identity that its provider's signature proves.
struct Proven<'t> {
    token: &'t Token<'t>,
    issuer: &'t str,
    audience: &'t str,
    provider: Provider,
}

/// Checks the token: issuer, audience, signature, times, in this order.
async fn prove<'t>(call: &Call<'_>, token: &'t Token<'t>, role: &Role) -> Result<Proven<'t>> {
    let issuer = token.issuer()?;
    let account = &role.principal.account;
    let url = issuer.strip_prefix("https://").map(|url| url.trim_end_matches('/'));
    let provider = match url {
        Some(url) => call.service.principals.provider(account, url).await?,
        None => None,
    };
    let provider = provider.ok_or_else(|| error::no_provider(issuer))?;
    let audiences = token.audiences();
    let known = |audience: &&str| provider.client_ids.iter().any(|id| id == audience);
    let audience = audiences.into_iter().find(known).ok_or_else(error::incorrect_audience)?;
    let keys = call.service.jwks.jwks(issuer).await.map_err(error::provider_unreachable)?;
    let keys = keys.as_deref().and_then(JwkSet::read).ok_or_else(error::no_verification_key)?;
    token.verify(&keys)?;
    token.check_times(call.now)?;
    Ok(Proven { token, issuer, audience, provider })
}

/// Asks the role's trust policy about the identity, and about what else the token sets.
fn check_trust(call: &Call<'_>, proven: &Proven<'_>, role: &Role, input: &Input) -> Result<()> {
    let (tags, _) = proven.token.tags();
    let conditions = Conditions { call, proven, input, tags: &tags };
    let principal = Principal::provider(&proven.provider.arn, proven.token.subject()?);
    let mut actions = vec![ACTION];
    if !tags.is_empty() {
        actions.push("sts:TagSession");
    }
    if proven.token.source_identity().is_some() {
        actions.push("sts:SetSourceIdentity");
    }
    let allowed = |action: &&str| {
        let request = Request {
            principal: &principal,
            action,
            resource: &role.principal.arn,
            resource_account: &role.principal.account,
            context: &conditions,
        };
        decide(&request, &Authority::default(), ResourceRule::Trust(&role.trust)).allowed
    };
    match actions.iter().all(allowed) {
        true => Ok(()),
        false => Err(error::web_identity_denied()),
    }
}

/// What a trust policy can ask about a web identity.
struct Conditions<'c> {
    call: &'c Call<'c>,
    proven: &'c Proven<'c>,
    input: &'c Input,
    tags: &'c [(String, String)],
}

impl Context for Conditions<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let owned = |text: String| Some(Values::One(Cow::Owned(text)));
        if let Some(name) = key.strip_prefix("aws:requesttag/") {
            let tag = self.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            return Some(Values::one(&tag.1));
        }
        match key {
            "aws:currenttime" => owned(self.call.now.iso8601()),
            "aws:epochtime" => owned(self.call.now.seconds().to_string()),
            "aws:sourceip" => Some(Values::one(self.call.source.address)),
            "aws:securetransport" => owned(self.call.source.tls.is_some().to_string()),
            "aws:federatedprovider" => Some(Values::one(&self.proven.provider.arn)),
            "aws:tagkeys" if !self.tags.is_empty() => {
                let keys = self.tags.iter().map(|(key, _)| Cow::Borrowed(key.as_str()));
                Some(Values::Many(keys.collect()))
            }
            "sts:rolesessionname" => Some(Values::one(&self.input.role_session_name.0)),
            "sts:sourceidentity" => self.proven.token.source_identity().map(Values::one),
            key => self.claim(key),
        }
    }
}

impl Conditions<'_> {
    /// A claim, asked for as `id.example.com/path:sub`.
    fn claim(&self, key: &str) -> Option<Values<'_>> {
        let (url, claim) = key.rsplit_once(':')?;
        let issuer = self.proven.issuer.strip_prefix("https://")?.trim_end_matches('/');
        if !issuer.eq_ignore_ascii_case(url) {
            return None;
        }
        // The audience that counts is the one that was checked.
        if claim == "aud" {
            return Some(Values::one(self.proven.audience));
        }
        let mut values = self.proven.token.claim(claim);
        match values.len() {
            0 => None,
            1 => values.pop().map(|one| Values::One(Cow::Owned(one))),
            _ => Some(Values::Many(values.into_iter().map(Cow::Owned).collect())),
        }
    }
}
