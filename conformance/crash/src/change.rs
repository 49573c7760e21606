//! Changes of a secret: how each is asked for, and what it leaves.

use serde_json::{Value, json};
use strongroom_benches::random::Random;

use crate::secret::{CURRENT, PREVIOUS, Secret, value};

/// One change of one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// CreateSecret, with a first version of this id.
    Create(String),
    /// PutSecretValue, under a label of one's own or, without one, as the current version.
    Put(String, Option<&'static str>),
    /// UpdateSecret, with a new value and a description.
    Update(String),
    /// UpdateSecretVersionStage: the previous version becomes current again.
    RollBack {
        /// The version that is current.
        from: String,
        /// The version that was.
        to: String,
    },
    /// TagResource.
    Tag(&'static str, String),
    /// UntagResource.
    Untag(&'static str),
    /// DeleteSecret with a recovery window.
    Schedule,
    /// RestoreSecret.
    Restore,
    /// DeleteSecret without one.
    Destroy,
}

const TAGS: [&str; 3] = ["team", "stage", "owner"];
const LABELS: [&str; 2] = ["BLUE", "GREEN"];

impl Change {
    /// A change that the service accepts for a secret in this state.
    #[must_use]
    pub fn choose(secret: Option<&Secret>, random: &mut Random) -> Self {
        let Some(secret) = secret else { return Self::Create(random.token()) };
        if secret.is_doomed {
            return if random.below(3) == 0 { Self::Destroy } else { Self::Restore };
        }
        match random.below(20) {
            0..=6 => Self::Put(random.token(), None),
            7..=8 => Self::Put(random.token(), Some(random.one_of(&LABELS))),
            9..=10 => Self::Update(random.token()),
            11..=13 => match (secret.holder(CURRENT), secret.holder(PREVIOUS)) {
                (Some(from), Some(to)) => Self::RollBack { from: from.into(), to: to.into() },
                _ => Self::Put(random.token(), None),
            },
            14..=15 => Self::Tag(random.one_of(&TAGS), random.token()),
            16 => Self::Untag(random.one_of(&TAGS)),
            17 => Self::Schedule,
            _ => Self::Destroy,
        }
    }

    /// The operation and its input.
    #[must_use]
    pub fn request(&self, name: &str) -> (&'static str, Value) {
        match self {
            Self::Create(id) => (
                "CreateSecret",
                json!({"Name": name, "ClientRequestToken": id, "SecretString": value(id)}),
            ),
            Self::Put(id, label) => {
                let labels = label.map_or_else(Vec::new, |label| vec![label]);
                let mut input =
                    json!({"SecretId": name, "ClientRequestToken": id, "SecretString": value(id)});
                if !labels.is_empty() {
                    input["VersionStages"] = json!(labels);
                }
                ("PutSecretValue", input)
            }
            Self::Update(id) => (
                "UpdateSecret",
                json!({
                    "SecretId": name, "ClientRequestToken": id, "SecretString": value(id),
                    "Description": id,
                }),
            ),
            Self::RollBack { from, to } => (
                "UpdateSecretVersionStage",
                json!({
                    "SecretId": name, "VersionStage": CURRENT,
                    "RemoveFromVersionId": from, "MoveToVersionId": to,
                }),
            ),
            Self::Tag(key, value) => {
                ("TagResource", json!({"SecretId": name, "Tags": [{"Key": key, "Value": value}]}))
            }
            Self::Untag(key) => ("UntagResource", json!({"SecretId": name, "TagKeys": [key]})),
            Self::Schedule => {
                ("DeleteSecret", json!({"SecretId": name, "RecoveryWindowInDays": 7}))
            }
            Self::Restore => ("RestoreSecret", json!({"SecretId": name})),
            Self::Destroy => {
                ("DeleteSecret", json!({"SecretId": name, "ForceDeleteWithoutRecovery": true}))
            }
        }
    }

    /// What the change leaves of `secret`.
    #[must_use]
    pub fn apply(&self, secret: Option<&Secret>) -> Option<Secret> {
        if let Self::Create(id) = self {
            return Some(Secret::new(id));
        }
        let mut secret = secret?.clone();
        match self {
            Self::Create(_) => {}
            Self::Put(id, label) => secret.label(label.unwrap_or(CURRENT), id),
            Self::Update(id) => {
                secret.label(CURRENT, id);
                secret.description.clone_from(id);
            }
            Self::RollBack { to, .. } => secret.label(CURRENT, to),
            Self::Tag(key, value) => drop(secret.tags.insert((*key).to_owned(), value.clone())),
            Self::Untag(key) => drop(secret.tags.remove(*key)),
            Self::Schedule => secret.is_doomed = true,
            Self::Restore => secret.is_doomed = false,
            Self::Destroy => return None,
        }
        Some(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_comes_up_and_leaves_exactly_one_current_version() {
        let (mut random, mut secret) = (Random::new(1), None);
        let mut operations = std::collections::BTreeSet::new();
        for _ in 0..2_000 {
            let change = Change::choose(secret.as_ref(), &mut random);
            operations.insert(change.request("s").0);
            secret = change.apply(secret.as_ref());
            if let Some(secret) = &secret {
                let current = secret.versions.values().filter(|labels| labels.contains(CURRENT));
                assert_eq!(current.count(), 1, "after {change:?}: {secret:?}");
            }
        }
        assert_eq!(operations.len(), 8, "{operations:?}");
    }
}
