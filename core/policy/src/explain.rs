//! A decision told in full: every policy, every statement, and what is missing.

mod text;

use serde::{Deserialize, Serialize};

use crate::applies::Ask;
use crate::certainty::Certainty;
use crate::decide::weigh;
use crate::decision::{Decision, PolicyType};
use crate::policy::{Effect, Policy, Statement};
use crate::{Authority, Named, PrincipalKind, Request, ResourceRule, decide};

/// Why a request is allowed or denied, for people and for tools. `Display` tells it in words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explanation {
    /// Who asks.
    pub principal: String,
    /// For what.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Whether the request is allowed.
    pub allowed: bool,
    /// The message that the caller gets, if it is not.
    pub message: Option<String>,
    /// What would have to allow the request and does not; empty if a Deny decides.
    pub missing: Vec<PolicyType>,
    /// Every policy that was asked.
    pub policies: Vec<PolicyExplanation>,
    /// The grants that allow the request, by id.
    pub grants: Vec<String>,
}

/// What one policy says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PolicyExplanation {
    /// As what it was asked.
    pub policy_type: PolicyType,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its ARN, if it has one.
    pub arn: Option<String>,
    /// For a service control policy: its level, counted from the root at 0.
    pub level: Option<usize>,
    /// Whether it denies, allows, or says nothing.
    pub outcome: Outcome,
    /// Its statements, in order.
    pub statements: Vec<StatementExplanation>,
}

/// What a policy says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// A statement denies.
    Denies,
    /// A statement allows, and none denies.
    Allows,
    /// No statement applies.
    Silent,
}

/// How one statement stands to a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatementExplanation {
    /// Its place in the document, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Where it begins.
    pub line: usize,
    /// Where it begins.
    pub column: usize,
    /// Whether it would allow or deny.
    pub effect: Effect,
    /// Whether it took effect: a Deny does so even in doubt.
    pub took_effect: bool,
    /// Whether it means the caller; `None` where the policy is the caller's own.
    pub principal: Option<Certainty>,
    /// Whether it means the action.
    pub action: Certainty,
    /// Whether it means the resource.
    pub resource: Certainty,
    /// Its conditions.
    pub conditions: Vec<ConditionExplanation>,
}

/// How one condition stands to a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConditionExplanation {
    /// The operator, as written.
    pub operator: String,
    /// The key, as written.
    pub key: String,
    /// The values that the policy gives.
    pub expected: Vec<String>,
    /// The values that the request has; empty if it has none.
    pub found: Vec<String>,
    /// Whether it is met.
    pub met: Certainty,
}

/// Explains a decision. Slow and complete; [`decide`] is what decides, and the two agree.
pub fn explain(
    request: &Request<'_>,
    authority: &Authority<'_>,
    resource: ResourceRule<'_>,
) -> Explanation {
    let decision = decide(request, authority, resource);
    let ask = Ask::read(request);
    let missing = ask.as_ref().and_then(|ask| {
        Some(weigh(ask, authority, resource).ok()?.missing(ask, resource).collect())
    });
    let policies =
        ask.as_ref().map(|ask| every_policy(ask, authority, resource)).unwrap_or_default();
    Explanation {
        principal: request.principal.arn.to_owned(),
        action: request.action.to_owned(),
        resource: request.resource.to_owned(),
        allowed: decision.allowed,
        message: (!decision.allowed).then(|| Decision::message(&decision, request)),
        missing: missing.unwrap_or_default(),
        policies,
        grants: ask.map(|ask| allowing_grants(&ask, resource)).unwrap_or_default(),
    }
}

fn every_policy(
    ask: &Ask<'_>,
    authority: &Authority<'_>,
    resource: ResourceRule<'_>,
) -> Vec<PolicyExplanation> {
    let mut told = Vec::new();
    for (level, policies) in authority.service_control.iter().enumerate() {
        told.extend(policies.iter().map(|named| PolicyExplanation {
            level: Some(level),
            ..tell_named(ask, named, PolicyType::ServiceControl)
        }));
    }
    told.extend(match resource {
        ResourceRule::None | ResourceRule::Ordinary(None) => None,
        ResourceRule::Ordinary(Some(policy)) | ResourceRule::Key { policy, .. } => {
            Some(tell(ask, policy, PolicyType::ResourceBased))
        }
        ResourceRule::Trust(policy) => Some(tell(ask, policy, PolicyType::RoleTrust)),
    });
    // A root user has no identity policies.
    if ask.request.principal.kind != PrincipalKind::Root {
        let identity = authority.identity.iter();
        told.extend(identity.map(|named| tell_named(ask, named, PolicyType::IdentityBased)));
    }
    told.extend(
        authority.boundary.map(|named| tell_named(ask, named, PolicyType::PermissionsBoundary)),
    );
    told.extend(
        authority
            .session
            .into_iter()
            .flatten()
            .map(|named| tell_named(ask, named, PolicyType::Session)),
    );
    told
}

fn tell_named(ask: &Ask<'_>, named: &Named, policy_type: PolicyType) -> PolicyExplanation {
    PolicyExplanation {
        name: Some(named.name.to_string()),
        arn: named.arn.as_ref().map(ToString::to_string),
        ..tell(ask, &named.policy, policy_type)
    }
}

fn tell(ask: &Ask<'_>, policy: &Policy, policy_type: PolicyType) -> PolicyExplanation {
    let of_resource = matches!(policy_type, PolicyType::ResourceBased | PolicyType::RoleTrust);
    let statements = policy.statements().iter().enumerate();
    let statements: Vec<_> = statements
        .map(|(index, statement)| tell_statement(ask, index, statement, of_resource))
        .collect();
    let took = |effect| statements.iter().any(|one| one.took_effect && one.effect == effect);
    let outcome = match () {
        () if took(Effect::Deny) => Outcome::Denies,
        () if took(Effect::Allow) => Outcome::Allows,
        () => Outcome::Silent,
    };
    PolicyExplanation { policy_type, name: None, arn: None, level: None, outcome, statements }
}

fn tell_statement(
    ask: &Ask<'_>,
    index: usize,
    statement: &Statement,
    of_resource: bool,
) -> StatementExplanation {
    let principal = match (of_resource, statement.has_principal_element()) {
        (true, _) => Some(statement.names(ask.request.principal).0),
        // A document of the wrong kind.
        (false, true) => Some(Certainty::Doubt),
        (false, false) => None,
    };
    let certainty = statement.covers(ask).and(principal.unwrap_or(Certainty::Yes));
    StatementExplanation {
        index,
        sid: statement.sid().map(Into::into),
        line: statement.at.line,
        column: statement.at.column,
        effect: statement.effect,
        took_effect: statement.takes_effect(certainty),
        principal,
        action: statement.covers_action(ask).into(),
        resource: statement.covers_resource(ask),
        conditions: statement
            .conditions
            .iter()
            .map(|condition| ConditionExplanation {
                operator: condition.operator_text.to_string(),
                key: condition.key_text.to_string(),
                expected: condition.value_texts.iter().map(ToString::to_string).collect(),
                found: ask
                    .request
                    .context
                    .values(&condition.key)
                    .map(|values| values.as_slice().iter().map(ToString::to_string).collect())
                    .unwrap_or_default(),
                met: condition.met(ask.request.context),
            })
            .collect(),
    }
}

fn allowing_grants(ask: &Ask<'_>, resource: ResourceRule<'_>) -> Vec<String> {
    let ResourceRule::Key { grants, .. } = resource else {
        return Vec::new();
    };
    let allows = |grant: &&crate::Grant| {
        grant.reach(ask.request.principal, &ask.action, ask.request.context).is_some()
    };
    grants.iter().filter(allows).map(|grant| grant.id().to_owned()).collect()
}
