//! Who is calling.

use std::sync::Arc;

use strongroom_policy::{Authority, Named, Principal, PrincipalKind};
use strongroom_wire::{Timestamp, json};

/// The principal behind a call, with the policies that speak about it already compiled.
///
/// Built once for an access key or session and then shared; see [`Caller::new`].
#[derive(Debug)]
pub struct Caller {
    kind: PrincipalKind,
    account: String,
    arn: String,
    principal_id: String,
    /// What else is known; public because each is independent of the others.
    pub details: Details,
    identity: String,
}

/// What is known of a caller beside its name.
#[derive(Debug, Default)]
pub struct Details {
    /// The user name of an IAM user.
    pub user_name: Option<String>,
    /// The access key id the call is signed with.
    pub access_key_id: Option<String>,
    /// The session of temporary credentials.
    pub session: Option<Session>,
    /// Tags of the principal, overlaid by those of the session.
    pub tags: Vec<(String, String)>,
    /// Every policy that limits or grants what this principal may do.
    pub policies: Policies,
    /// For a federated user: ARN and id of the user who asked for the session.
    pub federated_by: Option<(String, String)>,
    /// Organization id and path of the account.
    pub organization: Option<Organization>,
    /// For a service principal: `secretsmanager.amazonaws.com`.
    pub service: Option<String>,
    /// For a service principal acting for a resource: that resource's ARN and account.
    pub source: Option<(String, String)>,
}

/// The policies on the caller's side; see [`Authority`].
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Identity policies: the user's and its groups', or the role's.
    pub identity: Vec<Arc<Named>>,
    /// The permissions boundary of the user or role.
    pub boundary: Option<Arc<Named>>,
    /// The session policies; `Some` and empty is a session scoped to nothing.
    pub session: Option<Vec<Arc<Named>>>,
    /// Service control policies, one list for each level from the root to the account.
    pub service_control: Arc<[Vec<Arc<Named>>]>,
}

/// The organization that an account belongs to.
#[derive(Clone, Debug)]
pub struct Organization {
    /// `o-xxxxxxxxxx`.
    pub id: String,
    /// `o-…/r-…/ou-…/`.
    pub path: String,
}

/// The session behind temporary credentials.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The ARN of the role or user that issued it (with path).
    pub issuer_arn: String,
    /// The unique id of the issuer.
    pub issuer_id: String,
    /// The issuer's name.
    pub issuer_name: String,
    /// When it was issued.
    pub issued: Timestamp,
    /// Whether a second factor was used.
    pub mfa: bool,
    /// The source identity, if one was set.
    pub source_identity: Option<String>,
    /// The identity provider of a web identity session.
    pub federated_provider: Option<String>,
    /// The keys of those tags that sessions made from this one inherit.
    pub transitive_tag_keys: Vec<String>,
    /// The ARN of the enrolled host that the session was given to, or the one that it was made from. It
    /// is good only as long as the host is enrolled.
    pub host: Option<String>,
}

impl Caller {
    /// A caller. `arn` is the session's ARN for assumed roles.
    #[must_use]
    pub fn new(
        kind: PrincipalKind,
        account: impl Into<String>,
        arn: impl Into<String>,
        principal_id: impl Into<String>,
        details: Details,
    ) -> Self {
        let mut caller = Self {
            kind,
            account: account.into(),
            arn: arn.into(),
            principal_id: principal_id.into(),
            details,
            identity: String::new(),
        };
        caller.identity = caller.render_identity();
        caller
    }

    /// The root user of `account`.
    #[must_use]
    pub fn root(account: &str, access_key_id: Option<String>) -> Self {
        let details = Details { access_key_id, ..Details::default() };
        let arn = format!("arn:aws:iam::{account}:root");
        Self::new(PrincipalKind::Root, account, arn, account, details)
    }

    /// A service that acts on its own: `service` is `secretsmanager.amazonaws.com`.
    #[must_use]
    pub fn service(account: &str, service: &str) -> Self {
        let details = Details { service: Some(service.to_owned()), ..Details::default() };
        Self::new(PrincipalKind::Service, account, service, service, details)
    }

    /// The kind of principal.
    #[must_use]
    pub fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// The 12 digits of the account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The ARN that messages name.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// `AIDA…`, `AROA…:session`, the account id of a root user.
    #[must_use]
    pub fn principal_id(&self) -> &str {
        &self.principal_id
    }

    /// The caller as the policy engine sees it.
    #[must_use]
    pub fn principal(&self) -> Principal<'_> {
        let role =
            self.details.session.as_ref().filter(|_| self.kind == PrincipalKind::AssumedRole);
        let federated_by = self.details.federated_by.as_ref();
        Principal {
            kind: self.kind,
            account: &self.account,
            arn: &self.arn,
            id: &self.principal_id,
            role_arn: role.map(|session| session.issuer_arn.as_str()),
            user_arn: federated_by.map(|(arn, _)| arn.as_str()),
            user_id: federated_by.map(|(_, id)| id.as_str()),
            service: self.details.service.as_deref(),
            provider: None,
        }
    }

    /// The caller's policies as the policy engine sees them.
    #[must_use]
    pub fn authority(&self) -> Authority<'_> {
        let policies = &self.details.policies;
        Authority {
            identity: &policies.identity,
            boundary: policies.boundary.as_deref(),
            session: policies.session.as_deref(),
            service_control: &policies.service_control,
        }
    }

    /// CloudTrail's `userIdentity`, rendered once.
    #[must_use]
    pub(crate) fn identity_json(&self) -> &str {
        &self.identity
    }

    /// CloudTrail's `userIdentity` in the records of another account, which learns no more than where
    /// the caller comes from.
    #[must_use]
    pub(crate) fn identity_abroad(&self) -> String {
        let mut object = Object::new();
        object.text("type", "AWSAccount");
        object.text("principalId", &self.principal_id);
        object.text("accountId", &self.account);
        object.close()
    }

    fn render_identity(&self) -> String {
        let mut object = Object::new();
        if self.kind == PrincipalKind::Anonymous {
            object.text("type", "AWSAccount");
            object.text("principalId", "");
            object.text("accountId", "ANONYMOUS_PRINCIPAL");
            return object.close();
        }
        if let Some(service) = &self.details.service {
            object.text("type", "AWSService");
            object.text("invokedBy", service);
            return object.close();
        }
        object.text("type", type_name(self.kind));
        object.text("principalId", &self.principal_id);
        object.text("arn", &self.arn);
        object.text("accountId", &self.account);
        if let Some(key) = &self.details.access_key_id {
            object.text("accessKeyId", key);
        }
        if let Some(name) = &self.details.user_name {
            object.text("userName", name);
        }
        if let Some(session) = &self.details.session {
            object.raw("sessionContext", &self.render_session(session));
        }
        object.close()
    }

    fn render_session(&self, session: &Session) -> String {
        let mut context = Object::new();
        if self.kind == PrincipalKind::AssumedRole {
            let mut issuer = Object::new();
            issuer.text("type", "Role");
            issuer.text("principalId", &session.issuer_id);
            issuer.text("arn", &session.issuer_arn);
            issuer.text("accountId", &self.account);
            issuer.text("userName", &session.issuer_name);
            context.raw("sessionIssuer", &issuer.close());
        }
        if let Some(provider) = &session.federated_provider {
            let mut federated = Object::new();
            federated.text("federatedProvider", provider);
            context.raw("webIdFederationData", &federated.close());
        }
        let mut attributes = Object::new();
        attributes.text("creationDate", &session.issued.iso8601());
        attributes.text("mfaAuthenticated", if session.mfa { "true" } else { "false" });
        context.raw("attributes", &attributes.close());
        if let Some(identity) = &session.source_identity {
            context.text("sourceIdentity", identity);
        }
        context.close()
    }
}

fn type_name(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Root => "Root",
        PrincipalKind::User => "IAMUser",
        PrincipalKind::AssumedRole => "AssumedRole",
        PrincipalKind::Federated => "FederatedUser",
        PrincipalKind::Service => "AWSService",
        PrincipalKind::Provider => "WebIdentityUser",
        PrincipalKind::Anonymous => "AWSAccount",
    }
}

/// A JSON object in the making.
struct Object(Vec<u8>);

impl Object {
    fn new() -> Self {
        Self(vec![b'{'])
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        json::push_string(&mut self.0, name);
        self.0.push(b':');
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        json::push_string(&mut self.0, value);
    }

    fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.0.extend_from_slice(json.as_bytes());
    }

    fn close(mut self) -> String {
        self.0.push(b'}');
        // Only texts and ASCII went in.
        String::from_utf8_lossy(&self.0).into_owned()
    }
}
