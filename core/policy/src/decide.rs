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
    let reason = weigh(&ask, authority, resource)
        .err()
        .unwrap_or(Reason::Allowed);
    Decision::of(reason)
}

/// What the caller's own policies say, once none of them denies.
struct Allows {
    service_control: bool,
    identity: bool,
    boundary: bool,
    session: bool,
}

fn weigh(
    ask: &Ask<'_>,
    authority: &Authority<'_>,
    resource: ResourceRule<'_>,
) -> Result<(), Reason> {
    let who = ask.request.principal;
    let service_control = levels_allow(ask, authority.service_control)?;
    let named = resource_reach(ask, resource)?;
    let allows = Allows {
        service_control,
        identity: all_allow(ask, authority.identity, PolicyType::IdentityBased)?
            || who.kind == PrincipalKind::Root,
        boundary: optional_allow(ask, authority.boundary)?,
        session: session_allows(ask, authority.session)?,
    };
    if !allows.service_control {
        return Err(Reason::ImplicitDeny(PolicyType::ServiceControl));
    }
    let resource_denies = Reason::ImplicitDeny(match resource {
        ResourceRule::Trust(_) => PolicyType::RoleTrust,
        _ => PolicyType::ResourceBased,
    });
    if !who.has_account() {
        // Services and strangers have no policies of their own.
        return if named == Some(Reach::Direct) {
            Ok(())
        } else {
            Err(resource_denies)
        };
    }
    if who.account != ask.request.resource_account {
        named.ok_or(resource_denies)?;
        return allows.at(Reach::Delegated);
    }
    match resource {
        ResourceRule::None | ResourceRule::Ordinary(_) => {
            allows.at(named.unwrap_or(Reach::Delegated))
        }
        ResourceRule::Key { .. } | ResourceRule::Trust(_) => {
            allows.at(named.ok_or(resource_denies)?)
        }
    }
}

impl Allows {
    /// Whether all that a grant of this reach leaves to the caller's side does allow.
    fn at(&self, reach: Reach) -> Result<(), Reason> {
        let missing = |policy| Err(Reason::ImplicitDeny(policy));
        match reach {
            Reach::Delegated if !self.identity => missing(PolicyType::IdentityBased),
            Reach::Delegated | Reach::Bounded if !self.boundary => {
                missing(PolicyType::PermissionsBoundary)
            }
            Reach::Delegated | Reach::Bounded if !self.session => missing(PolicyType::Session),
            _ => Ok(()),
        }
    }
}

/// Whether every level of the organization allows.
fn levels_allow(ask: &Ask<'_>, levels: &[Vec<Arc<Named>>]) -> Result<bool, Reason> {
    let mut every = true;
    for level in levels {
        every &= all_allow(ask, level, PolicyType::ServiceControl)?;
    }
    Ok(every)
}

fn optional_allow(ask: &Ask<'_>, boundary: Option<&Named>) -> Result<bool, Reason> {
    let Some(boundary) = boundary else {
        return Ok(true);
    };
    policy_allows(ask, &boundary.policy, false)
        .ok_or(Reason::ExplicitDeny(PolicyType::PermissionsBoundary))
}

fn session_allows(ask: &Ask<'_>, session: Option<&[Arc<Named>]>) -> Result<bool, Reason> {
    match session {
        Some(policies) => all_allow(ask, policies, PolicyType::Session),
        // A federated user has only what its session policies give.
        None => Ok(ask.request.principal.kind != PrincipalKind::Federated),
    }
}

/// Whether any of the policies allows, unless one denies.
fn all_allow(ask: &Ask<'_>, policies: &[Arc<Named>], of: PolicyType) -> Result<bool, Reason> {
    policies.iter().try_fold(false, |allowed, named| {
        policy_allows(ask, &named.policy, allowed).ok_or(Reason::ExplicitDeny(of))
    })
}

/// Whether a policy of the caller's side allows, or another did before; `None` if it denies.
fn policy_allows(ask: &Ask<'_>, policy: &Policy, mut allowed: bool) -> Option<bool> {
    for statement in policy.statements() {
        if allowed && statement.effect == Effect::Allow {
            continue;
        }
        let mut certainty = statement.covers(ask);
        if statement.principals.is_some() {
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
fn resource_reach(ask: &Ask<'_>, resource: ResourceRule<'_>) -> Result<Option<Reach>, Reason> {
    let who = ask.request.principal;
    match resource {
        ResourceRule::None | ResourceRule::Ordinary(None) => Ok(None),
        ResourceRule::Ordinary(Some(policy)) => policy_reach(ask, policy, who)
            .map_err(|()| Reason::ExplicitDeny(PolicyType::ResourceBased)),
        ResourceRule::Trust(policy) => {
            policy_reach(ask, policy, who).map_err(|()| Reason::ExplicitDeny(PolicyType::RoleTrust))
        }
        ResourceRule::Key { policy, grants } => {
            let named = policy_reach(ask, policy, who);
            let named = named.map_err(|()| Reason::ExplicitDeny(PolicyType::ResourceBased))?;
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
