//! Who asks for what, and what else is known about the asking.

use std::borrow::Cow;

/// One request to decide.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal<'a>,
    /// The action, as `secretsmanager:GetSecretValue`. Compared without regard to case.
    pub action: &'a str,
    /// The ARN acted on, or `*` for an action without a resource.
    pub resource: &'a str,
    /// The account that owns the resource; the caller's own for `*`.
    pub resource_account: &'a str,
    /// The values of condition keys.
    pub context: &'a dyn Context,
}

/// The values of condition keys, asked for only when a policy that might matter mentions the key.
pub trait Context {
    /// The values of `key`; `None` (or no values at all) if the request has none.
    ///
    /// `key` is in lower case (`aws:sourceip`, `secretsmanager:resource/type`,
    /// `oidc.eks.eu-west-1.amazonaws.com/id/abc:sub`) but for names that people choose, which stand
    /// as the policy writes them: the part after the first `/` of a key whose service part ends in
    /// `tag` (`aws:principaltag/CostCenter`, `secretsmanager:resourcetag/Team`) and the part after
    /// `kms:encryptioncontext:`. Such names are to be looked up ASCII-case-insensitively, as IAM does.
    fn values(&self, key: &str) -> Option<Values<'_>>;
}

/// The values of one condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values<'a> {
    /// A single-valued key.
    One(Cow<'a, str>),
    /// A multivalued key, such as `aws:TagKeys`.
    Many(Vec<Cow<'a, str>>),
}

impl<'a> Values<'a> {
    /// One borrowed value.
    pub fn one(value: &'a str) -> Values<'a> {
        Values::One(Cow::Borrowed(value))
    }

    /// The values as a slice.
    pub fn as_slice(&self) -> &[Cow<'a, str>] {
        match self {
            Values::One(value) => std::slice::from_ref(value),
            Values::Many(values) => values,
        }
    }

    /// The value, if there is exactly one.
    pub fn single(self) -> Option<Cow<'a, str>> {
        match self {
            Values::One(value) => Some(value),
            Values::Many(mut values) if values.len() == 1 => values.pop(),
            Values::Many(_) => None,
        }
    }
}

/// A context that knows nothing.
impl Context for () {
    fn values(&self, _: &str) -> Option<Values<'_>> {
        None
    }
}

/// What sort of principal asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrincipalKind {
    /// The root user of an account.
    Root,
    /// An IAM user, also with a session token of GetSessionToken.
    User,
    /// A session of a role.
    AssumedRole,
    /// A session of GetFederationToken.
    Federated,
    /// An AWS service acting for itself.
    Service,
    /// Someone an identity provider vouches for: the caller of AssumeRoleWithWebIdentity or
    /// AssumeRoleWithSAML. Only trust policies know such callers.
    Provider,
    /// Nobody: an unsigned request.
    Anonymous,
}

/// The principal of a request.
#[derive(Clone, Copy, Debug)]
pub struct Principal<'a> {
    /// What sort of principal it is; the fields that follow are read accordingly.
    pub kind: PrincipalKind,
    /// The account it belongs to; `anonymous` or empty for those that have none.
    pub account: &'a str,
    /// Its ARN as error messages print it: the session's for roles; the service's name for services.
    pub arn: &'a str,
    /// Its unique id: `AIDA…`, `AROA…:session`, the account id for root, `account:name` for federated users.
    pub id: &'a str,
    /// For a role's session: the ARN of the role, with its path.
    pub role_arn: Option<&'a str>,
    /// For a federated user: the ARN of the user who asked for the session.
    pub user_arn: Option<&'a str>,
    /// For a federated user: the `AIDA…` id of the user who asked for the session.
    pub user_id: Option<&'a str>,
    /// For a service: its principal, as `lambda.amazonaws.com`.
    pub service: Option<&'a str>,
    /// For a provider's user: the provider's ARN or host name as trust policies name it.
    pub provider: Option<&'a str>,
}

impl<'a> Principal<'a> {
    /// The root user of `account`.
    pub fn root(account: &'a str, arn: &'a str) -> Principal<'a> {
        Principal::of(PrincipalKind::Root, account, arn, account)
    }

    /// An IAM user with its `AIDA…` id.
    pub fn user(account: &'a str, arn: &'a str, id: &'a str) -> Principal<'a> {
        Principal::of(PrincipalKind::User, account, arn, id)
    }

    /// A session of a role: session ARN, `AROA…:session`, and the role's ARN.
    pub fn assumed_role(
        account: &'a str,
        arn: &'a str,
        id: &'a str,
        role_arn: &'a str,
    ) -> Principal<'a> {
        Principal {
            role_arn: Some(role_arn),
            ..Principal::of(PrincipalKind::AssumedRole, account, arn, id)
        }
    }

    /// A GetFederationToken session, and the user who asked for it (`None`: the root user did).
    pub fn federated(
        account: &'a str,
        arn: &'a str,
        id: &'a str,
        user: Option<(&'a str, &'a str)>,
    ) -> Principal<'a> {
        let (user_arn, user_id) = user.unzip();
        Principal { user_arn, user_id, ..Principal::of(PrincipalKind::Federated, account, arn, id) }
    }

    /// An AWS service acting for itself.
    pub fn service(name: &'a str) -> Principal<'a> {
        Principal { service: Some(name), ..Principal::of(PrincipalKind::Service, "", name, name) }
    }

    /// A user whom an identity provider vouches for.
    pub fn provider(provider: &'a str, subject: &'a str) -> Principal<'a> {
        Principal {
            provider: Some(provider),
            ..Principal::of(PrincipalKind::Provider, "", subject, subject)
        }
    }

    /// The sender of an unsigned request.
    pub fn anonymous() -> Principal<'static> {
        Principal::of(PrincipalKind::Anonymous, "anonymous", "anonymous", "anonymous")
    }

    fn of(kind: PrincipalKind, account: &'a str, arn: &'a str, id: &'a str) -> Principal<'a> {
        Principal {
            kind,
            account,
            arn,
            id,
            role_arn: None,
            user_arn: None,
            user_id: None,
            service: None,
            provider: None,
        }
    }

    /// Whether it belongs to an account: a root user, user, or session.
    pub(crate) fn has_account(&self) -> bool {
        use PrincipalKind::{AssumedRole, Federated, Root, User};
        matches!(self.kind, Root | User | AssumedRole | Federated)
    }

    /// The global condition keys that follow from the principal alone, for use in a [`Context`]:
    /// `aws:PrincipalArn`, `PrincipalAccount`, `PrincipalType`, `userid`, `username`,
    /// `PrincipalIsAWSService`, `PrincipalServiceName`. `key` is in lower case.
    pub fn condition_value(&self, key: &str) -> Option<Cow<'a, str>> {
        use PrincipalKind::{Anonymous, AssumedRole, Federated, Provider, Root, Service, User};
        let value = match key {
            "aws:principalarn" if self.has_account() => self.role_arn.unwrap_or(self.arn),
            "aws:principalaccount" if self.has_account() || self.kind == Anonymous => self.account,
            "aws:principaltype" => match self.kind {
                Root => "Account",
                User => "User",
                AssumedRole => "AssumedRole",
                Federated => "FederatedUser",
                Anonymous => "Anonymous",
                Service | Provider => return None,
            },
            "aws:userid" if self.has_account() || self.kind == Anonymous => self.id,
            "aws:username" if self.kind == User => self.arn.rsplit('/').next()?,
            "aws:principalisawsservice" if self.kind == Service => "true",
            "aws:principalisawsservice" => "false",
            "aws:principalservicename" => self.service?,
            _ => return None,
        };
        Some(Cow::Borrowed(value))
    }
}
