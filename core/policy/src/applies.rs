//! Whether a statement applies to a request, element by element.

use crate::action::Action;
use crate::certainty::Certainty;
use crate::policy::{Effect, Statement};
use crate::principal::{Reach, exempts};
use crate::resource::{ResourcePattern, Target};
use crate::{Principal, PrincipalKind, Request};

/// A request, read once for all the statements it is held against.
pub(crate) struct Ask<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) action: Action,
    pub(crate) target: Target<'a>,
}

impl<'a> Ask<'a> {
    /// `None` if the action is none.
    pub(crate) fn read(request: &'a Request<'a>) -> Option<Ask<'a>> {
        let action = Action::read(request.action)?;
        Some(Ask { request, action, target: Target::read(request.resource) })
    }
}

impl Statement {
    /// Whether it takes effect: doubt lets a Deny take effect, and an Allow not.
    pub(crate) fn takes_effect(&self, certainty: Certainty) -> bool {
        match self.effect {
            Effect::Allow => certainty == Certainty::Yes,
            Effect::Deny => certainty != Certainty::No,
        }
    }

    /// Whether action, resource and conditions are those of the request.
    pub(crate) fn covers(&self, ask: &Ask<'_>) -> Certainty {
        if !self.covers_action(ask) {
            return Certainty::No;
        }
        let resource = self.covers_resource(ask);
        if resource == Certainty::No { resource } else { resource.and(self.conditions_met(ask)) }
    }

    pub(crate) fn covers_action(&self, ask: &Ask<'_>) -> bool {
        let listed = self.actions.entries.iter().any(|action| action.matches(&ask.action));
        listed != self.actions.inverted
    }

    pub(crate) fn covers_resource(&self, ask: &Ask<'_>) -> Certainty {
        let Some(resources) = &self.resources else {
            return Certainty::Yes;
        };
        // A variable without a value matches no resource; what NotResource then excludes is unknown.
        let unresolved = if resources.inverted { Certainty::Doubt } else { Certainty::No };
        let matches =
            |one: &ResourcePattern| one.matches(&ask.target, ask.request.context, unresolved);
        Certainty::any(resources.entries.iter().map(matches)).negated_if(resources.inverted)
    }

    pub(crate) fn conditions_met(&self, ask: &Ask<'_>) -> Certainty {
        Certainty::every(self.conditions.iter().map(|condition| condition.met(ask.request.context)))
    }

    /// Whether the caller is meant, and how far an Allow then reaches.
    pub(crate) fn names(&self, who: &Principal<'_>) -> (Certainty, Reach) {
        let Some(principals) = &self.principals else {
            return (Certainty::Doubt, Reach::Delegated);
        };
        if principals.inverted {
            return (self.names_by_exclusion(who), Reach::Direct);
        }
        match principals.entries.iter().filter_map(|one| one.reach(who)).min() {
            // Whether "everyone" includes users of an identity provider is not said; only the
            // provider's own name is certain.
            Some(reach) if who.kind == PrincipalKind::Provider && !self.names_provider(who) => {
                (Certainty::Doubt, reach)
            }
            Some(reach) => (Certainty::Yes, reach),
            None => (Certainty::No, Reach::Delegated),
        }
    }

    fn names_by_exclusion(&self, who: &Principal<'_>) -> Certainty {
        let listed = self.principals.as_ref().map_or(&[][..], |principals| &principals.entries);
        match self.effect {
            Effect::Deny => (!exempts(listed, who)).into(),
            // An Allow excludes whoever is listed under any of its names.
            Effect::Allow if listed.iter().any(|one| one.reach(who).is_some()) => Certainty::No,
            Effect::Allow if who.kind == PrincipalKind::Provider => Certainty::Doubt,
            Effect::Allow => Certainty::Yes,
        }
    }

    fn names_provider(&self, who: &Principal<'_>) -> bool {
        self.principals()
            .any(|one| one.form() == crate::PrincipalForm::Provider && one.reach(who).is_some())
    }
}
