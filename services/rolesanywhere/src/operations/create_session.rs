//! CreateSession: gives the holder of a certificate a session of a role.
//!
//! No access key signs this call: the key of the certificate does, and whoever called the operation has
//! checked that ([`proven`]). So the framework has nobody to authorize; the anchor, the profile and the
//! role's trust policy decide here.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use strongroom_api::{
    Audit, Authorized, Demands, Operation, Place as In, PrincipalKind, Reply, Rest, Result,
    Sensitive, Shape, Target,
};

use crate::certificate::Certificate;
use crate::find::Place;
use crate::profile::Profile;
use crate::resource::Resource;
use crate::sessions::{Request, Session};
use crate::shapes::{Duration, RoleArn, TrustAnchorArn};
use crate::trust::LONGEST_CHAIN;
use crate::trust_anchor::TrustAnchor;
use crate::{Call, RolesAnywhere, attributes, error, subject, trust};

/// The operation.
pub struct CreateSession;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    profile_arn: ProfileArn,
    role_arn: RoleArn,
    trust_anchor_arn: TrustAnchorArn,
    duration_seconds: Option<Duration>,
    #[shape(length = 2..=64, pattern = r"[\w+=,.@-]*")]
    role_session_name: Option<String>,
    session_name: Option<String>,
    instance_properties: Option<BTreeMap<String, String>>,
    certificate: Option<String>,
    chain: Option<String>,
}

/// The ARN of a profile.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=1011, pattern = r"arn:aws(-[^:]+)?:rolesanywhere(:.*){2}(:profile/.*)")]
pub struct ProfileArn(String);

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    credential_set: Vec<CredentialSet>,
    subject_arn: String,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct CredentialSet {
    assumed_role_user: AssumedRoleUser,
    credentials: Credentials,
    packed_policy_size: i64,
    role_arn: String,
    source_identity: String,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct AssumedRoleUser {
    arn: String,
    assumed_role_id: String,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct Credentials {
    access_key_id: String,
    expiration: String,
    secret_access_key: Sensitive<String>,
    session_token: Sensitive<String>,
}

/// The anchor, which is whose account the call is about.
pub struct Anchor {
    arn: String,
    account: String,
}

impl Target for Anchor {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// Entries of what a request may tell of its instance, and the length of each part.
const MOST_PROPERTIES: usize = 50;
const LONGEST_PROPERTY: usize = 200;

impl Operation for CreateSession {
    const NAME: &'static str = "CreateSession";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"roleArn": "arn:aws:iam::123456789012:role/web",
        "profileArn": "arn:aws:rolesanywhere:us-east-1:123456789012:profile/0f0e0d0c-0b0a-4908-8706-050403020100",
        "trustAnchorArn": "arn:aws:rolesanywhere:us-east-1:123456789012:trust-anchor/0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("POST", "/sessions").status(201).request(&[
            ("profileArn", In::QueryOrBody("profileArn")),
            ("roleArn", In::QueryOrBody("roleArn")),
            ("trustAnchorArn", In::QueryOrBody("trustAnchorArn")),
            ("certificate", In::Header("x-amz-x509")),
            ("chain", In::Header("x-amz-x509-chain")),
        ]));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Anchor;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Anchor> {
        let arn = input.trust_anchor_arn.0.clone();
        let place = Place::of_arn(&arn, TrustAnchor::NOUN);
        let place = place.filter(|place| place.region == call.region);
        let account = place.ok_or_else(|| error::nowhere(TrustAnchor::TITLE))?.account.to_owned();
        Ok(Anchor { arn, account })
    }

    /// The caller is nobody yet; see the top of this file.
    fn demands<'t>(_: &'t Input, _: &'t Anchor) -> Demands<'t> {
        Demands::new()
    }

    async fn run(call: &Call<'_>, input: &Input, anchor: Authorized<Anchor>) -> Result<Output> {
        let certificate = proven(call, input)?;
        let chain = chain(input.chain.as_deref())?;
        let here = (anchor.account.as_str(), call.region);
        let profile = trusted(call, input, here, &certificate, &chain).await?;
        check_properties(&profile, input.instance_properties.as_ref())?;
        let name = session_name(&profile, input, &certificate)?;
        let asked = input.duration_seconds.map(|duration| duration.0);
        let tags = attributes::tags(&certificate, &profile.mappings);
        let source_identity = attributes::source_identity(&certificate);
        let request = Request {
            role_arn: &input.role_arn.0,
            account: here.0,
            trust_anchor_arn: &anchor.arn,
            name: &name,
            seconds: asked
                .map_or(profile.duration_seconds, |one| one.min(profile.duration_seconds)),
            source_identity: &source_identity,
            tags: &tags,
            policy: profile.session_policy.as_deref(),
            policy_arns: &profile.managed_policy_arns,
        };
        let session = call.service.sessions.assume(call.circumstances(), request).await?;
        let session = session.ok_or_else(|| error::may_not_assume(&input.role_arn.0))?;
        let properties = input.instance_properties.as_ref();
        let subject_arn = subject::remember(call, here, &certificate, properties).await?;
        let set = credential_set(session, &input.role_arn.0, source_identity);
        Ok(Output { credential_set: vec![set], subject_arn })
    }
}

/// The certificate whose key has signed the request: whoever checks signatures has put its fingerprint
/// into the caller's place, since the caller is nobody else.
fn proven(call: &Call<'_>, input: &Input) -> Result<Certificate> {
    let certificate = input.certificate.as_deref().and_then(Certificate::of_base64);
    let certificate = certificate.ok_or_else(error::unreadable_certificate)?;
    let is_nobody = call.caller.kind() == PrincipalKind::Anonymous;
    match is_nobody && call.caller.principal_id() == certificate.fingerprint() {
        true => Ok(certificate),
        false => Err(error::invalid_signature()),
    }
}

/// Checks anchor and profile, and that the certificate leads to the anchor; answers with the profile.
async fn trusted(
    call: &Call<'_>,
    input: &Input,
    here: (&str, &str),
    certificate: &Certificate,
    chain: &[CertificateDer<'static>],
) -> Result<Profile> {
    let anchor = read::<TrustAnchor>(call, &input.trust_anchor_arn.0, here).await?;
    let certificates = trust::read_anchors(&anchor.certificates)?;
    let crls = call.service.crls_of(&anchor.facts, &input.trust_anchor_arn.0).await?;
    trust::check(certificate, chain, &certificates, &crls, call.now)?;
    let profile = read::<Profile>(call, &input.profile_arn.0, here).await?;
    // Whose certificate is good learns what is turned off, nobody else.
    if !anchor.facts.enabled {
        return Err(error::disabled(TrustAnchor::TITLE));
    }
    if !profile.facts.enabled {
        return Err(error::disabled(Profile::TITLE));
    }
    let role = &input.role_arn.0;
    if role.split(':').nth(4) != Some(here.0) {
        return Err(error::of_different_accounts());
    }
    match profile.role_arns.contains(role) {
        true => Ok(profile),
        false => Err(error::may_not_assume(role)),
    }
}

async fn read<T: Resource>(call: &Call<'_>, arn: &str, here: (&str, &str)) -> Result<T> {
    let place = Place::of_arn(arn, T::NOUN).ok_or_else(|| error::nowhere(T::TITLE))?;
    if (place.account, place.region) != here {
        return Err(error::of_different_accounts());
    }
    let found = call.service.read::<T>(place).await?;
    found.map(|found| found.value.clone()).ok_or_else(|| error::nowhere(T::TITLE))
}

fn chain(header: Option<&str>) -> Result<Vec<CertificateDer<'static>>> {
    let texts = header.unwrap_or_default().split(',').map(str::trim_ascii);
    let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
    if texts.len() > LONGEST_CHAIN {
        return Err(error::unreadable_certificate());
    }
    let der = |text: &&str| STANDARD.decode(text).map(CertificateDer::from);
    texts.iter().map(der).collect::<Result<_, _>>().map_err(|_| error::unreadable_certificate())
}

/// The certificate's serial number, unless the request may choose.
fn session_name(profile: &Profile, input: &Input, certificate: &Certificate) -> Result<String> {
    match &input.role_session_name {
        Some(_) if !profile.accept_role_session_name => Err(error::session_name_not_accepted()),
        Some(name) => Ok(name.clone()),
        None => Ok(certificate.serial_hex.clone()),
    }
}

fn check_properties(
    profile: &Profile,
    properties: Option<&BTreeMap<String, String>>,
) -> Result<()> {
    let Some(properties) = properties.filter(|properties| !properties.is_empty()) else {
        return match profile.require_instance_properties {
            true => Err(error::no_instance_properties()),
            false => Ok(()),
        };
    };
    let fits = |text: &String| (1..=LONGEST_PROPERTY).contains(&text.chars().count());
    let all_fit = properties.iter().all(|(name, value)| fits(name) && fits(value));
    match all_fit && properties.len() <= MOST_PROPERTIES {
        true => Ok(()),
        false => Err(error::no_instance_properties()),
    }
}

fn credential_set(session: Session, role: &str, source_identity: String) -> CredentialSet {
    CredentialSet {
        assumed_role_user: AssumedRoleUser {
            arn: session.assumed_role_arn,
            assumed_role_id: session.assumed_role_id,
        },
        credentials: Credentials {
            access_key_id: session.access_key_id,
            expiration: session.expires.iso8601(),
            secret_access_key: session.secret_access_key,
            session_token: session.session_token,
        },
        packed_policy_size: session.packed_policy_size.unwrap_or_default(),
        role_arn: role.to_owned(),
        source_identity,
    }
}
