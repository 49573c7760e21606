//! Principals as policies name them, and how far an Allow for one of them reaches.

use crate::malformed::{Fault, Position};
use crate::{Principal, PrincipalKind};

/// An entry of `Principal` or `NotPrincipal`, or the grantee of a grant.
#[derive(Clone, Debug)]
pub struct PrincipalPattern {
    form: PrincipalForm,
    text: Box<str>,
    at: Position,
    span: (usize, usize),
}

/// The forms in which a policy names principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrincipalForm {
    /// `*`: everyone, also without credentials.
    Everyone,
    /// A whole account, by its id or its root's ARN.
    Account,
    /// An IAM user's ARN.
    User,
    /// A role's ARN.
    Role,
    /// The ARN of one session of a role.
    Session,
    /// The ARN of a GetFederationToken session.
    FederatedUser,
    /// The unique id of a user (`AIDA…`) or role (`AROA…`).
    UniqueId,
    /// A service.
    Service,
    /// An identity provider.
    Provider,
    /// An S3 canonical user, which nobody is here.
    CanonicalUser,
}

/// The key under which a principal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Element {
    Bare,
    Aws,
    Service,
    Federated,
    CanonicalUser,
}

/// How far an Allow of a resource policy reaches by itself: which policies of the caller must
/// allow as well when caller and resource are of one account. Each needs all that the former needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Names the caller itself: nothing else must allow.
    Direct,
    /// Names what the session came from: boundary and session policies must allow as well.
    Bounded,
    /// Names the account: its identity policies must allow too.
    Delegated,
}

impl Element {
    pub(crate) fn read(name: &str) -> Option<Element> {
        match name {
            "AWS" => Some(Element::Aws),
            "Service" => Some(Element::Service),
            "Federated" => Some(Element::Federated),
            "CanonicalUser" => Some(Element::CanonicalUser),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Element::Bare | Element::Aws => "AWS",
            Element::Service => "SERVICE",
            Element::Federated => "FEDERATED",
            Element::CanonicalUser => "CANONICALUSER",
        }
    }
}

impl PrincipalPattern {
    pub(crate) fn parse(
        element: Element,
        text: &str,
        at: Position,
        span: (usize, usize),
    ) -> Result<PrincipalPattern, Fault> {
        let form = match element {
            Element::Bare => (text == "*").then_some(PrincipalForm::Everyone),
            Element::Aws => aws_form(text),
            Element::Service => is_host(text).then_some(PrincipalForm::Service),
            Element::Federated => is_provider(text).then_some(PrincipalForm::Provider),
            Element::CanonicalUser => is_plain(text).then_some(PrincipalForm::CanonicalUser),
        };
        match form {
            Some(form) => Ok(PrincipalPattern { form, text: text.into(), at, span }),
            None if element == Element::Service => Err(Fault::InvalidServicePrincipal(text.into())),
            None => Err(Fault::InvalidPrincipal(element.name().into(), text.into())),
        }
    }

    /// Its form.
    pub fn form(&self) -> PrincipalForm {
        self.form
    }

    /// The text as the policy writes it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it stands in the document.
    pub fn position(&self) -> Position {
        self.at
    }

    /// The bytes of the document that hold it, quotation marks included.
    pub(crate) fn span(&self) -> (usize, usize) {
        self.span
    }

    /// The account it belongs to, if its text names one.
    pub fn account(&self) -> Option<&str> {
        match self.form {
            PrincipalForm::Account if !self.text.contains(':') => Some(&self.text),
            PrincipalForm::Everyone
            | PrincipalForm::UniqueId
            | PrincipalForm::Service
            | PrincipalForm::CanonicalUser => None,
            _ => self.text.split(':').nth(4),
        }
    }

    /// How far an Allow for this entry reaches for `who`; `None` if `who` is not meant.
    pub(crate) fn reach(&self, who: &Principal<'_>) -> Option<Reach> {
        use PrincipalKind as Kind;
        let text = &*self.text;
        let (meant, reach) = match (self.form, who.kind) {
            (PrincipalForm::Everyone, _) => (true, Reach::Direct),
            (PrincipalForm::Account, _) => {
                (who.has_account() && self.account() == Some(who.account), Reach::Delegated)
            }
            (PrincipalForm::User, Kind::User)
            | (PrincipalForm::Session, Kind::AssumedRole)
            | (PrincipalForm::FederatedUser, Kind::Federated) => (text == who.arn, Reach::Direct),
            (PrincipalForm::User, Kind::Federated) => (who.user_arn == Some(text), Reach::Bounded),
            (PrincipalForm::Role, Kind::AssumedRole) => {
                (who.role_arn == Some(text), Reach::Bounded)
            }
            (PrincipalForm::UniqueId, Kind::User) => (text == who.id, Reach::Direct),
            (PrincipalForm::UniqueId, Kind::Federated) => {
                (who.user_id == Some(text), Reach::Bounded)
            }
            (PrincipalForm::UniqueId, Kind::AssumedRole) => {
                (who.id.split(':').next() == Some(text), Reach::Bounded)
            }
            (PrincipalForm::Service, Kind::Service) => (who.service == Some(text), Reach::Direct),
            (PrincipalForm::Provider, Kind::Provider) => {
                (who.provider == Some(text), Reach::Direct)
            }
            _ => (false, Reach::Direct),
        };
        meant.then_some(reach)
    }
}

/// Whether a Deny with this NotPrincipal leaves `who` alone: only if it lists every name the caller
/// goes by, namely account and user, or account, role and session.
pub(crate) fn exempts(listed: &[PrincipalPattern], who: &Principal<'_>) -> bool {
    let lists = |reach: Reach| listed.iter().any(|one| one.reach(who) == Some(reach));
    if listed.iter().any(|one| one.form == PrincipalForm::Everyone) {
        return true;
    }
    match who.kind {
        PrincipalKind::Root => lists(Reach::Delegated),
        PrincipalKind::User => lists(Reach::Delegated) && lists(Reach::Direct),
        PrincipalKind::AssumedRole => {
            lists(Reach::Delegated) && lists(Reach::Bounded) && lists(Reach::Direct)
        }
        PrincipalKind::Federated => lists(Reach::Delegated) && lists(Reach::Direct),
        PrincipalKind::Service | PrincipalKind::Provider => lists(Reach::Direct),
        PrincipalKind::Anonymous => false,
    }
}

fn aws_form(text: &str) -> Option<PrincipalForm> {
    if text == "*" {
        return Some(PrincipalForm::Everyone);
    }
    if is_account(text) {
        return Some(PrincipalForm::Account);
    }
    if is_unique_id(text) {
        return Some(PrincipalForm::UniqueId);
    }
    let [arn, partition, service, region, account, resource] =
        <[&str; 6]>::try_from(text.split(':').collect::<Vec<_>>()).ok()?;
    if arn != "arn"
        || partition.is_empty()
        || !region.is_empty()
        || !is_account(account)
        || !is_plain(text)
    {
        return None;
    }
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    match (service, kind) {
        ("iam", "root") if resource == "root" => Some(PrincipalForm::Account),
        ("iam", "user") if is_path(name) => Some(PrincipalForm::User),
        ("iam", "role") if is_path(name) => Some(PrincipalForm::Role),
        ("sts", "federated-user") if is_name(name) => Some(PrincipalForm::FederatedUser),
        ("sts", "assumed-role") => match name.split_once('/') {
            Some((role, session)) if is_name(role) && is_name(session) => {
                Some(PrincipalForm::Session)
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_unique_id(text: &str) -> bool {
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && (16..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// No wildcards, variables, quotes or spaces: a principal is named whole.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-/:".contains(&b))
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.split('/').all(|part| !part.is_empty())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains('/')
}

fn is_host(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

fn is_provider(text: &str) -> bool {
    let arn = |text: &str| {
        crate::arn::parts(text).is_some_and(|[_, _, service, region, account, resource]| {
            service == "iam"
                && region.is_empty()
                && is_account(account)
                && resource
                    .strip_prefix("oidc-provider/")
                    .or_else(|| resource.strip_prefix("saml-provider/"))
                    .is_some_and(|name| !name.is_empty())
        })
    };
    is_host(text) || (is_plain(text) && arn(text))
}
