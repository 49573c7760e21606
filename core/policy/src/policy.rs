//! A policy document, parsed and compiled once, asked many times.

use serde::{Deserialize, Serialize};

use crate::action::ActionPattern;
use crate::condition::Condition;
use crate::malformed::{Malformed, Position};
use crate::resource::ResourcePattern;
use crate::{PrincipalPattern, grammar, json};

/// A parsed and compiled policy document. Immutable; share it in an `Arc`.
#[derive(Debug)]
pub struct Policy {
    pub(crate) text: Box<str>,
    pub(crate) kind: Kind,
    pub(crate) version: Version,
    pub(crate) id: Option<Box<str>>,
    pub(crate) statements: Box<[Statement]>,
}

/// What a document is for. The kinds differ in grammar: whether principals and resources are named,
/// how identifiers are spelled, how long a document may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Kind {
    /// Attached to a user, group or role; also the managed policies.
    Identity,
    /// Passed when a session is made.
    Session,
    /// A permissions boundary.
    Boundary,
    /// A service control policy of an organization.
    ServiceControl,
    /// Attached to a resource, such as a secret or a function.
    Resource,
    /// The trust policy of a role.
    Trust,
    /// The policy of a KMS key.
    KeyPolicy,
}

impl Kind {
    /// The longest document that is parsed at all, in characters.
    ///
    /// The quotas of IAM (6,144 characters for a managed policy, 2,048 for trust and session policies
    /// and so on) count characters without white space and answer with errors of their own; the
    /// services check them with [`Policy::size`].
    pub fn max_chars(self) -> usize {
        match self {
            Kind::Resource => 20_480,
            Kind::KeyPolicy => 32_768,
            // The model's bound on every policy document of IAM and STS.
            Kind::Identity
            | Kind::Session
            | Kind::Boundary
            | Kind::ServiceControl
            | Kind::Trust => 131_072,
        }
    }

    /// Whether statements name principals.
    pub(crate) fn names_principals(self) -> bool {
        matches!(self, Kind::Resource | Kind::Trust | Kind::KeyPolicy)
    }
}

/// The version of the policy language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Version {
    /// 2008-10-17, also when the document names none: `${…}` is plain text.
    V2008,
    /// 2012-10-17: policy variables.
    V2012,
}

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// A statement of a policy.
#[derive(Debug)]
pub struct Statement {
    pub(crate) sid: Option<Box<str>>,
    pub(crate) effect: Effect,
    pub(crate) at: Position,
    pub(crate) principals: Option<Listed<PrincipalPattern>>,
    pub(crate) actions: Listed<ActionPattern>,
    /// `None` in trust policies: the role itself.
    pub(crate) resources: Option<Listed<ResourcePattern>>,
    pub(crate) conditions: Box<[Condition]>,
}

/// The entries of an element, or of its `Not` form.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) inverted: bool,
    pub(crate) entries: Box<[T]>,
}

impl Policy {
    /// Parses and compiles a document. Errors name the first fault in AWS's order of checks.
    pub fn parse(text: &str, kind: Kind) -> Result<Policy, Malformed> {
        grammar::parse(text, kind)
    }

    /// The document as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the document is for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The version of the policy language that it is written in.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Its `Id`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Its statements, in order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Every principal that it names, in `Principal` and `NotPrincipal`.
    pub fn principals(&self) -> impl Iterator<Item = &PrincipalPattern> {
        self.statements.iter().flat_map(Statement::principals)
    }

    /// Its length as AWS counts it against quotas: characters, without white space outside strings.
    pub fn size(&self) -> usize {
        json::counted_chars(&self.text)
    }

    /// The document with other texts for some of its principals: ARNs by unique ids when it is saved,
    /// ids by ARNs when it is shown. Everything else stays as it is written.
    pub fn with_principals_replaced(
        &self,
        mut other: impl FnMut(&PrincipalPattern) -> Option<String>,
    ) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut copied = 0;
        for principal in self.principals() {
            let Some(replacement) = other(principal) else {
                continue;
            };
            let (start, end) = principal.span();
            text.push_str(&self.text[copied..start]);
            text.push_str(&json::quoted(&replacement));
            copied = end;
        }
        text.push_str(&self.text[copied..]);
        text
    }
}

impl Statement {
    /// Its `Sid`.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether it allows or denies.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Where it begins in the document.
    pub fn position(&self) -> Position {
        self.at
    }

    /// The entries of `Action` or `NotAction`, as written.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.entries.iter().map(ActionPattern::text)
    }

    /// Whether the actions stand in `NotAction`.
    pub fn has_not_action(&self) -> bool {
        self.actions.inverted
    }

    /// The entries of `Resource` or `NotResource`, as written; none in a trust policy.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().flat_map(|listed| &listed.entries).map(ResourcePattern::text)
    }

    /// Whether the resources stand in `NotResource`.
    pub fn has_not_resource(&self) -> bool {
        self.resources.as_ref().is_some_and(|listed| listed.inverted)
    }

    /// The entries of `Principal` or `NotPrincipal`.
    pub fn principals(&self) -> impl Iterator<Item = &PrincipalPattern> {
        self.principals.iter().flat_map(|listed| &listed.entries)
    }

    pub(crate) fn has_principal_element(&self) -> bool {
        self.principals.is_some()
    }

    /// Whether the principals stand in `NotPrincipal`.
    pub fn has_not_principal(&self) -> bool {
        self.principals.as_ref().is_some_and(|listed| listed.inverted)
    }

    /// Its conditions as written: operator, key, values.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &str, &[Box<str>])> {
        self.conditions.iter().map(|one| (&*one.operator_text, &*one.key_text, &*one.value_texts))
    }
}
