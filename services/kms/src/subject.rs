//! A key as the target of a call.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use strongroom_api::{Caller, ResourceRule, Target, Values};
use strongroom_policy::{Decision, Grant, PolicyType, Reason, Request};
use strongroom_records::Stored;

use crate::conditions::{self, truth};
use crate::key::Key;
use crate::{Call, grant};

/// A key that was found, and how.
#[derive(Clone, Debug)]
pub struct Subject {
    held: Held,
    /// The grants that speak about the caller.
    grants: Vec<Grant>,
    /// Whether a service asks about grants for its caller.
    grant_is_for_aws_resource: Option<bool>,
    /// The alias that the request named, with `alias/`.
    request_alias: Option<String>,
    /// Whether nothing but a ciphertext named the key.
    by_ciphertext: bool,
}

/// Where the key comes from.
#[derive(Clone, Debug)]
enum Held {
    Stored(Arc<Stored<Key>>),
    /// A key that AWS manages, at its first use; it is not in the store yet.
    Fresh(Arc<Key>),
}

impl Subject {
    /// A key from the store. Its policy must have been compiled.
    pub fn stored(key: Arc<Stored<Key>>) -> Self {
        Self::of(Held::Stored(key))
    }

    /// A key that is made for this call. Its policy must have been compiled.
    pub fn fresh(key: Key) -> Self {
        Self::of(Held::Fresh(Arc::new(key)))
    }

    fn of(held: Held) -> Self {
        Self {
            held,
            grants: Vec::new(),
            grant_is_for_aws_resource: None,
            request_alias: None,
            by_ciphertext: false,
        }
    }

    /// The same with those grants for `caller` that `matter`.
    #[must_use]
    pub fn with_grants(self, caller: &Caller, matter: impl Fn(&grant::Grant) -> bool) -> Self {
        let grants = match self.grants_at_hand() {
            Some(grants) => grants.of(caller, matter),
            None => Vec::new(),
        };
        Self { grants, ..self }
    }

    /// The same with one more grant that the caller counts on.
    #[must_use]
    pub fn with_grant(mut self, grant: Grant) -> Self {
        self.grants.push(grant);
        self
    }

    /// The same for an operation on grants, which knows `kms:GrantIsForAWSResource`.
    #[must_use]
    pub fn about_grants(self, call: &Call<'_>) -> Self {
        Self { grant_is_for_aws_resource: Some(call.via.is_some()), ..self }
    }

    /// The same when the request named the alias `name` (without `alias/`).
    #[must_use]
    pub fn named_by_alias(self, name: &str) -> Self {
        Self { request_alias: Some(["alias/", name].concat()), ..self }
    }

    /// The same when nothing but a ciphertext named it.
    #[must_use]
    pub fn named_by_ciphertext(self) -> Self {
        Self { by_ciphertext: true, ..self }
    }

    /// The key as it was read; `None` if it is not in the store yet.
    pub fn as_read(&self) -> Option<&Stored<Key>> {
        match &self.held {
            Held::Stored(key) => Some(key),
            Held::Fresh(_) => None,
        }
    }
}

impl Deref for Subject {
    type Target = Key;

    fn deref(&self) -> &Key {
        match &self.held {
            Held::Stored(key) => &key.value,
            Held::Fresh(key) => key,
        }
    }
}

impl Target for Subject {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(Key::arn(self))
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn resource_type(&self) -> Option<&'static str> {
        Some("AWS::KMS::Key")
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let (_, value) = self.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(value)
    }

    fn rule(&self) -> ResourceRule<'_> {
        match self.policy_at_hand() {
            Some(policy) => ResourceRule::Key { policy, grants: &self.grants },
            // Closed: without its policy nobody outside the account, and nobody without an identity
            // policy, gets at a key. `find` never lets it come to this.
            None => ResourceRule::None,
        }
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        match key {
            "kms:grantisforawsresource" => self.grant_is_for_aws_resource.and_then(truth),
            _ => conditions::of_key(self, self.request_alias.as_deref(), key),
        }
    }

    fn denial(&self, request: &Request<'_>, decision: &Decision) -> Option<String> {
        let by_key = matches!(
            decision.reason,
            Reason::ImplicitDeny(PolicyType::ResourceBased)
                | Reason::ExplicitDeny(PolicyType::ResourceBased)
        );
        (self.by_ciphertext && by_key)
            .then(|| denial_by_ciphertext(request.principal.arn, request.action))
    }
}

/// What AWS says when a ciphertext's key does not exist or does not allow it, so that the two cannot
/// be told apart.
pub fn denial_by_ciphertext(principal: &str, action: &str) -> String {
    format!(
        "User: {principal} is not authorized to perform: {action} on the resource associated with \
         this ciphertext because the resource does not exist in this Region, no resource-based \
         policies allow access, or a resource-based policy explicitly denies access"
    )
}
