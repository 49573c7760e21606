//! A key as the target of a call.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use strongroom_api::{ResourceRule, Target, Values};
use strongroom_policy::{Decision, PolicyType, Reason, Request};
use strongroom_records::Stored;

use crate::conditions;
use crate::key::Key;

/// A key that was found, and how.
#[derive(Clone, Debug)]
pub struct Subject {
    held: Held,
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
        Self { held: Held::Stored(key), request_alias: None, by_ciphertext: false }
    }

    /// A key that is made for this call. Its policy must have been compiled.
    pub fn fresh(key: Key) -> Self {
        Self { held: Held::Fresh(Arc::new(key)), request_alias: None, by_ciphertext: false }
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

    fn tag(&self, key: &str) -> Option<&str> {
        let (_, value) = self.tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(value)
    }

    fn rule(&self) -> ResourceRule<'_> {
        match self.policy_at_hand() {
            Some(policy) => ResourceRule::Key { policy, grants: &[] },
            // Closed: without its policy nobody outside the account, and nobody without an identity
            // policy, gets at a key. `find` never lets it come to this.
            None => ResourceRule::None,
        }
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        conditions::of_key(self, self.request_alias.as_deref(), key)
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
