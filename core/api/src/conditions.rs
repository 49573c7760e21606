//! The condition values of one call: the operation's own, the target's tags, and AWS's global keys.

use std::borrow::Cow;

use strongroom_policy::{Context, PrincipalKind, Values};

use crate::call::Circumstances;
use crate::caller::Organization;
use crate::target::Target;

/// Looks values up when a policy asks for them, never before.
pub(crate) struct Conditions<'c> {
    pub(crate) circumstances: &'c Circumstances<'c>,
    pub(crate) target: &'c dyn Target,
    pub(crate) condition: &'c dyn Fn(&str) -> Option<Values<'c>>,
}

impl Context for Conditions<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        if let Some((kind, name)) = key.split_once('/') {
            match kind {
                "aws:principaltag" => return self.principal_tag(name),
                "aws:resourcetag" => return self.target.tag(name).map(Values::one),
                // Services have a key of their own for the same tags: secretsmanager:ResourceTag/….
                kind if kind.ends_with(":resourcetag") => {
                    return self.target.tag(name).map(Values::one);
                }
                _ => {}
            }
        }
        match key.strip_prefix("aws:") {
            Some(name) => self.global(name, key).or_else(|| (self.condition)(key)),
            None => self
                .of_key_service(key)
                .or_else(|| (self.condition)(key))
                .or_else(|| self.target.condition(key)),
        }
    }
}

impl Conditions<'_> {
    fn principal_tag(&self, name: &str) -> Option<Values<'_>> {
        let tags = &self.circumstances.caller.details.tags;
        let (_, value) = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(Values::one(value))
    }

    /// The keys of KMS that follow from how a call came in rather than from what it asks for.
    fn of_key_service(&self, key: &str) -> Option<Values<'_>> {
        match key {
            "kms:viaservice" => self.circumstances.via.map(Values::one),
            "kms:calleraccount" => borrowed(self.circumstances.caller.account()),
            _ => None,
        }
    }

    fn global(&self, name: &str, key: &str) -> Option<Values<'_>> {
        let circumstances = self.circumstances;
        match name {
            "currenttime" => owned(circumstances.now.iso8601()),
            "epochtime" => owned(circumstances.now.seconds().to_string()),
            // A call that a service makes on somebody's behalf carries no address.
            "sourceip" if circumstances.via.is_none() => borrowed(circumstances.source.address),
            "securetransport" => truth(circumstances.source.tls.is_some()),
            "useragent" => borrowed(circumstances.source.user_agent),
            "referer" => circumstances.source.referer.map(Values::one),
            "requestedregion" => borrowed(circumstances.region),
            "viaawsservice" => truth(circumstances.via.is_some()),
            "resourceaccount" => borrowed(self.target.account()),
            _ => self.session(name).or_else(|| self.principal(key)),
        }
    }

    /// Keys that come with temporary credentials and service principals.
    fn session(&self, name: &str) -> Option<Values<'_>> {
        let details = &self.circumstances.caller.details;
        match name {
            "principalorgid" => details.organization.as_ref().map(|o| Values::one(&o.id)),
            "principalorgpaths" => details.organization.as_ref().map(path),
            // Of accounts other than the caller's the organization is not at hand.
            "resourceorgid" => self.own_organization().map(|o| Values::one(&o.id)),
            "resourceorgpaths" => self.own_organization().map(path),
            "sourcearn" => details.source.as_ref().map(|(arn, _)| Values::one(arn)),
            // The older name of the account that a service acts for, which the default policies of
            // topics and queues still use. A caller who signs for himself has none.
            "sourceaccount" | "sourceowner" => {
                details.source.as_ref().map(|(_, account)| Values::one(account))
            }
            "multifactorauthpresent" => truth(details.session.as_ref()?.mfa),
            "tokenissuetime" => owned(details.session.as_ref()?.issued.iso8601()),
            "sourceidentity" => {
                details.session.as_ref()?.source_identity.as_deref().map(Values::one)
            }
            "federatedprovider" => {
                details.session.as_ref()?.federated_provider.as_deref().map(Values::one)
            }
            _ => None,
        }
    }

    /// The caller's organization, if what is acted on is in the caller's account.
    fn own_organization(&self) -> Option<&Organization> {
        let caller = self.circumstances.caller;
        let organization = caller.details.organization.as_ref();
        organization.filter(|_| self.target.account() == caller.account())
    }

    fn principal(&self, key: &str) -> Option<Values<'_>> {
        let caller = self.circumstances.caller;
        if key == "aws:username" {
            return match caller.kind() {
                PrincipalKind::User => caller.details.user_name.as_deref().map(Values::one),
                _ => None,
            };
        }
        caller.principal().condition_value(key).map(Values::One)
    }
}

fn path(organization: &Organization) -> Values<'_> {
    Values::Many(vec![Cow::Borrowed(organization.path.as_str())])
}

fn borrowed(value: &str) -> Option<Values<'_>> {
    (!value.is_empty()).then(|| Values::one(value))
}

fn owned(value: String) -> Option<Values<'static>> {
    Some(Values::One(Cow::Owned(value)))
}

fn truth(value: bool) -> Option<Values<'static>> {
    Some(Values::one(if value { "true" } else { "false" }))
}
