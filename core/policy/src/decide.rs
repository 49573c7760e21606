//! The decision: explicit denials first, then everything that must allow.

use std::sync::Arc;

use crate::applies::Ask;
use crate::certainty::Certainty;
use crate::decision::{Decision, PolicyType, Reason};
use crate::policy::{Effect, Policy};
use crate::principal::Reach;
use crate::{Authority, Grant, Named, Principal, PrincipalKind, Request, ResourceRule};

/// Decides a request.
///
/// Within one account, the caller's policies and the resource's are both asked, and what each
/// contributes depends on how the resource's policy names the caller. Between accounts both must
/// allow. A Deny that applies anywhere wins over every Allow.
pub fn decide(
    request: &Request<'_>,
    authority: &Authority<'_>,
    resource: ResourceRule<'_>,
) -> Decision {
    let Some(ask) = Ask::read(request) else {
        return Decision::of(Reason::ImplicitDeny(PolicyType::IdentityBased));
    };
    Decision::of(match weigh(&ask, authority, resource) {
        Err(policy) => Reason::ExplicitDeny(policy),
        Ok(weighed) => {
            weighed.missing(&ask, resource).next().map_or(Reason::Allowed, Reason::ImplicitDeny)
        }
    })
}

/// What the policies say, once none of them denies.
pub(crate) struct Weighed {
    service_control: bool,
    /// How far the resource allows the caller by itself.
    resource: Option<Reach>,
    identity: bool,
    boundary: bool,
    session: bool,
}

/// Asks every policy; the error is the first that denies.
pub(crate) fn weigh(
    ask: &Ask<'_>,
    authority: &Authority<'_>,
    rule: ResourceRule<'_>,
) -> Result<Weighed, PolicyType> {
    let root = ask.request.principal.kind == PrincipalKind::Root;
    Ok(Weighed {
        service_control: levels_allow(ask, authority.service_control)?,
        resource: resource_reach(ask, rule)?,
        identity: root || any_allows(ask, authority.identity, PolicyType::IdentityBased)?,
        boundary: boundary_allows(ask, authority.boundary)?,
        session: session_allows(ask, authority.session)?,
    })
}

impl Weighed {
    /// What would have to allow and does not, in the order in which AWS names it.
    pub(crate) fn missing(
        &self,
        ask: &Ask<'_>,
        rule: ResourceRule<'_>,
    ) -> impl Iterator<Item = PolicyType> {
        let who = ask.request.principal;
        let foreign = who.account != ask.request.resource_account;
        let rooted = matches!(rule, ResourceRule::Key { .. } | ResourceRule::Trust(_));
        let (resource, reach) = match self.resource {
            // Services and strangers have no policies of their own, so all must come from the resource.
            named if !who.has_account() => (named != Some(Reach::Direct), Reach::Direct),
            // The caller's account must allow too, however the resource names the caller.
            named if foreign => (named.is_none(), Reach::Delegated),
            None if rooted => (true, Reach::Direct),
            named => (false, named.unwrap_or(Reach::Delegated)),
        };
        let by_resource = match rule {
            ResourceRule::Trust(_) => PolicyType::RoleTrust,
            _ => PolicyType::ResourceBased,
        };
        let missing = [
            (PolicyType::ServiceControl, !self.service_control),
            (by_resource, resource),
            (PolicyType::IdentityBased, !self.identity && reach >= Reach::Delegated),
            (PolicyType::PermissionsBoundary, !self.boundary && reach >= Reach::Bounded),
            (PolicyType::Session, !self.session && reach >= Reach::Bounded),
        ];
        missing.into_iter().filter_map(|(policy, missing)| missing.then_some(policy))
    }
}

/// Whether every level of the organization allows.
fn levels_allow(ask: &Ask<'_>, levels: &[Vec<Arc<Named>>]) -> Result<bool, PolicyType> {
    let mut every = true;
    for level in levels {
        every &= any_allows(ask, level, PolicyType::ServiceControl)?;
    }
    Ok(every)
}

fn boundary_allows(ask: &Ask<'_>, boundary: Option<&Named>) -> Result<bool, PolicyType> {
    let Some(boundary) = boundary else {
        return Ok(true);
    };
    policy_allows(ask, &boundary.policy, false).ok_or(PolicyType::PermissionsBoundary)
}

fn session_allows(ask: &Ask<'_>, session: Option<&[Arc<Named>]>) -> Result<bool, PolicyType> {
    match session {
        Some(policies) => any_allows(ask, policies, PolicyType::Session),
        // A federated user has only what its session policies give.
        None => Ok(ask.request.principal.kind != PrincipalKind::Federated),
    }
}

/// Whether any of the policies allows, unless one denies.
fn any_allows(ask: &Ask<'_>, policies: &[Arc<Named>], of: PolicyType) -> Result<bool, PolicyType> {
    policies
        .iter()
        .try_fold(false, |allowed, named| policy_allows(ask, &named.policy, allowed).ok_or(of))
}

/// Whether a policy of the caller's side allows, or another did before; `None` if it denies.
fn policy_allows(ask: &Ask<'_>, policy: &Policy, mut allowed: bool) -> Option<bool> {
    for statement in policy.statements() {
        if allowed && statement.effect == Effect::Allow {
            continue;
        }
        let mut certainty = statement.covers(ask);
        if statement.has_principal_element() {
            // A document of the wrong kind: it can take away but not give.
            certainty = certainty.and(Certainty::Doubt);
        }
        match statement.effect {
            _ if !statement.takes_effect(certainty) => {}
            Effect::Deny => return None,
            Effect::Allow => allowed = true,
        }
    }
    Some(allowed)
}

/// The widest reach with which the resource allows the caller.
fn resource_reach(ask: &Ask<'_>, resource: ResourceRule<'_>) -> Result<Option<Reach>, PolicyType> {
    let who = ask.request.principal;
    match resource {
        ResourceRule::None | ResourceRule::Ordinary(None) => Ok(None),
        ResourceRule::Ordinary(Some(policy)) => {
            policy_reach(ask, policy, who).map_err(|()| PolicyType::ResourceBased)
        }
        ResourceRule::Trust(policy) => {
            policy_reach(ask, policy, who).map_err(|()| PolicyType::RoleTrust)
        }
        ResourceRule::Key { policy, grants } => {
            let named = policy_reach(ask, policy, who);
            let named = named.map_err(|()| PolicyType::ResourceBased)?;
            let granted = grants
                .iter()
                .filter_map(|grant: &Grant| grant.reach(who, &ask.action, ask.request.context));
            Ok(named.into_iter().chain(granted).min())
        }
    }
}

/// How a policy on a resource names the caller in what it allows; an error if it denies.
fn policy_reach(ask: &Ask<'_>, policy: &Policy, who: &Principal<'_>) -> Result<Option<Reach>, ()> {
    let mut found: Option<Reach> = None;
    for statement in policy.statements() {
        let (named, reach) = statement.names(who);
        if named == Certainty::No || !statement.takes_effect(named.and(statement.covers(ask))) {
            continue;
        }
        match statement.effect {
            Effect::Deny => return Err(()),
            Effect::Allow => found = Some(found.map_or(reach, |known| known.min(reach))),
        }
    }
    Ok(found)
}
