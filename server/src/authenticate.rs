//! Who signed a request, and that they did.

use std::sync::Arc;

use http::request::Parts;
use strongroom_api::{Caller, Details, Error, PrincipalKind, Timestamp};
use strongroom_sigv4::{Algorithm, Family, Head, Refusal, Rules, Signed, SigningKeys};
use strongroom_wire::Family as WireFamily;

use crate::certified;
use crate::ports::{Credential, Identities};
use crate::uses::Uses;

/// Checks signatures against the identities that are known.
pub struct Authenticator {
    identities: Arc<dyn Identities>,
    signing_keys: SigningKeys,
    uses: Arc<Uses>,
    anonymous: Arc<Caller>,
    skew_seconds: i64,
}

/// What a signature is checked against beside the request itself.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The service that answers.
    pub service: &'a str,
    /// The operation that is asked for.
    pub operation: &'a str,
    /// Whether the request came over TLS.
    pub secure: bool,
    /// Now.
    pub now: Timestamp,
}

/// Why a request is not taken as its sender's.
#[derive(Debug)]
pub enum Unauthenticated {
    /// The sender's fault.
    Refused(Refusal),
    /// Ours, or an error that the identities chose themselves.
    Failed(Error),
}

/// Derived signing keys kept: one for each access key, day, region and service in use.
const SIGNING_KEYS: usize = 16_384;

/// Operations that nobody signs, because they are how one comes by a credential.
const UNSIGNED: &[(&str, &str)] = &[
    ("sts", "AssumeRoleWithSAML"),
    ("sts", "AssumeRoleWithWebIdentity"),
    // The links in the messages of SNS, whose token or ARN is what is shown instead.
    ("sns", "ConfirmSubscription"),
    ("sns", "Unsubscribe"),
    // A join token, or a host's own key, is what counts instead.
    ("strongroom", "JoinHost"),
    ("strongroom", "CreateHostChallenge"),
    ("strongroom", "CreateHostSession"),
];

/// The one operation that certificates sign.
const CERTIFIED: (&str, &str) = ("rolesanywhere", "CreateSession");

impl Authenticator {
    /// An authenticator over `identities` that tolerates clocks off by `skew_seconds` and tells `uses`
    /// which credentials are in use.
    #[must_use]
    pub fn new(identities: Arc<dyn Identities>, uses: Arc<Uses>, skew_seconds: i64) -> Self {
        let details = Details::default();
        let anonymous =
            Caller::new(PrincipalKind::Anonymous, "", "anonymous", "anonymous", details);
        Self {
            identities,
            signing_keys: SigningKeys::new(SIGNING_KEYS),
            uses,
            anonymous: Arc::new(anonymous),
            skew_seconds,
        }
    }

    /// The caller who signed the request.
    ///
    /// The order is AWS's: an unknown key first, then clock and scope, then the signature.
    ///
    /// # Errors
    /// The refusal, or what kept the identities from answering.
    pub async fn caller(
        &self,
        signed: Option<&Signed<'_>>,
        head: &Parts,
        body: &[u8],
        scene: Scene<'_>,
    ) -> Result<Arc<Caller>, Unauthenticated> {
        let Some(signed) = signed else {
            return match UNSIGNED.contains(&(scene.service, scene.operation)) {
                true => Ok(Arc::clone(&self.anonymous)),
                false => Err(Refusal::MissingToken.into()),
            };
        };
        let rules = Rules {
            skew_seconds: self.skew_seconds,
            expected_service: Some(scene.service),
            regions: &[],
            secure_transport: scene.secure,
        };
        if signed.algorithm() != Algorithm::Hmac {
            if (scene.service, scene.operation) != CERTIFIED {
                return Err(unsupported(signed.algorithm()).into());
            }
            let (view, now) = (view(head), scene.now.seconds());
            return certified::holder(signed, head, &view, body, now, &rules);
        }
        let credential = self.credential(signed, scene.now).await?;
        if !is_region(signed.region()) {
            return Err(invalid_region(signed.region()).into());
        }
        let secret = credential.secret.reveal().as_bytes();
        let now = scene.now.seconds();
        self.signing_keys.verify(signed, &view(head), body, secret, now, &rules)?;
        if scene.service == "iam" && !may_call_iam(&credential.caller) {
            return Err(Refusal::UnknownKey.into());
        }
        self.uses.note(&credential, scene.service, signed.region(), scene.now);
        Ok(Arc::clone(&credential.caller))
    }

    async fn credential(
        &self,
        signed: &Signed<'_>,
        now: Timestamp,
    ) -> Result<Arc<Credential>, Unauthenticated> {
        let id = signed.access_key_id();
        let found = match signed.session_token() {
            None => self.identities.credential(id).await,
            Some(token) => self.identities.session(id, token, now).await,
        };
        let credential = found?.filter(|credential| credential.active);
        credential.ok_or(Unauthenticated::Refused(Refusal::UnknownKey))
    }
}

/// What GetSessionToken and GetFederationToken give is worth nothing to IAM, the former unless a second
/// factor was used.
fn may_call_iam(caller: &Caller) -> bool {
    match (&caller.details.session, caller.kind()) {
        (None, _) | (Some(_), PrincipalKind::AssumedRole) => true,
        (Some(session), PrincipalKind::User | PrincipalKind::Root) => session.mfa,
        (Some(_), _) => false,
    }
}

/// The request as the signature covers it.
#[must_use]
pub fn view(head: &Parts) -> Head<'_> {
    Head {
        method: head.method.as_str(),
        target: head.uri.path_and_query().map_or("/", |target| target.as_str()),
        headers: &head.headers,
        authority: head.uri.authority().map(|authority| authority.as_str()),
    }
}

impl Unauthenticated {
    /// The error in the words of the protocol that the request came in.
    #[must_use]
    pub fn into_error(self, family: WireFamily) -> Error {
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Failed(error) => return error,
        };
        let family = match family {
            WireFamily::Json => Family::Json,
            WireFamily::Query => Family::Query,
            WireFamily::Rest => Family::RestJson,
        };
        Error::new(refusal.code(family), refusal.message(family)).status_is(refusal.status(family))
    }
}

impl From<Refusal> for Unauthenticated {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Unauthenticated {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Every region that could be one is served: data is kept apart by region, not by machine.
#[must_use]
pub fn is_region(text: &str) -> bool {
    let well_formed = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let starts_well = text.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    well_formed && starts_well && text.len() <= 32 && text.contains('-') && !text.ends_with('-')
}

fn invalid_region(region: &str) -> Refusal {
    Refusal::Scope(format!("Credential should be scoped to a valid region, not '{region}'. "))
}

fn unsupported(algorithm: Algorithm) -> Refusal {
    Refusal::Incomplete(format!("Unsupported AWS 'algorithm': '{}'", algorithm.name()))
}

#[cfg(test)]
mod tests {
    use super::is_region;

    #[test]
    fn regions_that_could_be_aws_ones_are_valid_and_others_are_not() {
        for region in ["us-east-1", "eu-central-2", "us-gov-west-1", "on-premises"] {
            assert!(is_region(region), "{region}");
        }
        for region in ["", "US-EAST-1", "us_east_1", "us/east-1", "1-east", "local", "us-east-"] {
            assert!(!is_region(region), "{region}");
        }
    }
}
