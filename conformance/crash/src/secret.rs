//! A secret as a client sees it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use strongroom_benches::random::Random;

/// The label of the version that readers get.
pub const CURRENT: &str = "AWSCURRENT";
/// The label of the version that was current before.
pub const PREVIOUS: &str = "AWSPREVIOUS";

/// A secret as a client sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    /// The description; empty if there is none.
    pub description: String,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The labels of every version that has some.
    pub versions: BTreeMap<String, BTreeSet<String>>,
    /// Whether it is scheduled for deletion.
    pub is_doomed: bool,
}

/// The value that the version with this id has: some short, some too long to ride in the secret's own
/// record, none like another.
#[must_use]
pub fn value(version_id: &str) -> String {
    let seed = version_id.bytes().fold(0, |seed: u64, byte| seed.rotate_left(7) ^ u64::from(byte));
    let mut random = Random::new(seed);
    let longest = if random.below(8) == 0 { 12_000 } else { 300 };
    let filling = (b'a' + random.below(26) as u8) as char;
    let length = random.below(longest) as usize;
    format!("{version_id}/{}", String::from(filling).repeat(length))
}

impl Secret {
    /// A new secret, whose only version is current.
    #[must_use]
    pub fn new(version_id: &str) -> Self {
        let current = BTreeSet::from([CURRENT.to_owned()]);
        Self { versions: BTreeMap::from([(version_id.to_owned(), current)]), ..Self::default() }
    }

    /// Reads DescribeSecret's reply.
    #[must_use]
    pub fn described(reply: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let tags = reply["Tags"].as_array().into_iter().flatten();
        let versions = reply["VersionIdsToStages"].as_object().into_iter().flatten();
        Self {
            description: text(&reply["Description"]),
            tags: tags.map(|tag| (text(&tag["Key"]), text(&tag["Value"]))).collect(),
            versions: versions
                .map(|(id, labels)| {
                    (id.clone(), labels.as_array().into_iter().flatten().map(text).collect())
                })
                .collect(),
            is_doomed: !reply["DeletedDate"].is_null(),
        }
    }

    /// The version that has `label`.
    #[must_use]
    pub fn holder(&self, label: &str) -> Option<&str> {
        let mut holders = self.versions.iter().filter(|(_, labels)| labels.contains(label));
        holders.next().map(|(id, _)| id.as_str())
    }

    /// Puts `label` on a version and takes it from any other. AWSPREVIOUS follows AWSCURRENT.
    pub fn label(&mut self, label: &str, version_id: &str) {
        let holder = self.holder(label).map(str::to_owned);
        if holder.as_deref() == Some(version_id) {
            return;
        }
        for labels in self.versions.values_mut() {
            labels.remove(label);
            if label == CURRENT {
                labels.remove(PREVIOUS);
            }
        }
        self.versions.entry(version_id.to_owned()).or_default().insert(label.to_owned());
        if let (CURRENT, Some(holder)) = (label, holder) {
            self.versions.entry(holder).or_default().insert(PREVIOUS.to_owned());
        }
        self.versions.retain(|_, labels| !labels.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolling_back_swaps_current_and_previous() {
        let mut secret = Secret::new("a");
        secret.label(CURRENT, "b");
        secret.label(CURRENT, "a");
        assert_eq!(secret.holder(CURRENT), Some("a"));
        assert_eq!(secret.holder(PREVIOUS), Some("b"));
    }

    #[test]
    fn a_version_without_a_label_is_no_longer_shown() {
        let mut secret = Secret::new("a");
        secret.label(CURRENT, "b");
        secret.label(CURRENT, "c");
        assert_eq!(secret.versions.keys().collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn values_differ_and_some_are_long() {
        let values: BTreeSet<String> = (0..200).map(|n| value(&format!("version-{n}"))).collect();
        assert_eq!(values.len(), 200);
        assert!(values.iter().any(|value| value.len() > 5_000));
        assert!(values.iter().any(|value| value.len() < 200));
    }
}
