//! Filter policies: which messages a subscription gets. Pure and bounded.
//!
//! A policy is parsed and compiled when it is set, and asked about every message. The language is the
//! one that EventBridge patterns use: a message passes when for every key of the policy at least one
//! of the rules listed there takes a value of the message.

mod matching;
mod parse;
mod rule;

use rule::Rule;

pub use parse::{Fault, MOST_BYTES};

/// What of a message a policy looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Its attributes.
    #[default]
    MessageAttributes,
    /// Its body, which has to be JSON.
    MessageBody,
}

/// A compiled filter policy.
#[derive(Clone, Debug)]
pub struct FilterPolicy {
    scope: Scope,
    root: Group,
}

/// What has to be true of one object.
#[derive(Clone, Debug, Default)]
struct Group {
    /// Every one of these.
    keys: Vec<(String, Branch)>,
    /// And, if it is there, one of these.
    either: Option<Vec<Group>>,
}

/// What has to be true of one key.
#[derive(Clone, Debug)]
enum Branch {
    Rules(Vec<Rule>),
    Nested(Group),
}

/// A value of a message attribute, as filters see it.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A `String`.
    Text(String),
    /// A `Number`.
    Number(f64),
    /// A `String.Array`: JSON values.
    List(Vec<serde_json::Value>),
    /// A `Binary`, which only `exists` can ask for.
    Opaque,
}

impl FilterPolicy {
    /// Parses a policy.
    ///
    /// # Errors
    /// The [`Fault`], in AWS's words.
    pub fn parse(text: &str, scope: Scope) -> Result<Self, Fault> {
        parse::policy(text, scope).map(|root| Self { scope, root })
    }

    /// What it looks at.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether a message with these attributes and this body passes.
    #[must_use]
    pub fn takes<'a>(
        &self,
        attributes: impl Fn(&str) -> Option<&'a Attribute>,
        body: &str,
    ) -> bool {
        match self.scope {
            Scope::MessageAttributes => matching::attributes(&self.root, &attributes),
            Scope::MessageBody => match serde_json::from_str::<serde_json::Value>(body) {
                Ok(value) if value.is_object() => matching::object(&self.root, Some(&value)),
                // What is no JSON object has no keys to ask for.
                _ => false,
            },
        }
    }
}

#[cfg(test)]
mod tests;
