//! Staging labels: which version has which, and what moves along.
//!
//! Invariants, kept by every function here and proved by property tests: a label is on at most one
//! version; a secret that ever had a current version has exactly one; AWSPREVIOUS is on the version
//! that was current before, if any.

use crate::version::Version;

/// The label of the version that readers get.
pub const CURRENT: &str = "AWSCURRENT";
/// The label of the version that was current before.
pub const PREVIOUS: &str = "AWSPREVIOUS";
/// The label of the version that a rotation prepares.
pub const PENDING: &str = "AWSPENDING";

/// Labels that a secret may have over all its versions.
pub const MOST_LABELS: usize = 20;

/// The version that has `label`.
#[must_use]
pub fn holder<'v>(versions: &'v [Version], label: &str) -> Option<&'v Version> {
    versions.iter().find(|version| version.has(label))
}

/// Puts `label` on the version `id`, taking it from wherever it was.
///
/// When AWSCURRENT moves, the version that had it becomes AWSPREVIOUS.
pub fn attach(versions: &mut [Version], label: &str, id: &str) {
    let holder = holder(versions, label).map(|version| version.id.clone());
    if holder.as_deref() == Some(id) {
        return;
    }
    place(versions, label, Some(id));
    if label == CURRENT {
        // Rolling back: the version that was previous is now current, and gives that label away.
        place(versions, PREVIOUS, holder.as_deref());
    }
}

/// Takes `label` off whatever version has it.
pub fn detach(versions: &mut [Version], label: &str) {
    place(versions, label, None);
}

/// How many labels there are.
#[must_use]
pub fn count(versions: &[Version]) -> usize {
    versions.iter().map(|version| version.stages.len()).sum()
}

fn place(versions: &mut [Version], label: &str, id: Option<&str>) {
    for version in versions {
        if Some(version.id.as_str()) == id {
            if !version.has(label) {
                version.stages.push(label.to_owned());
            }
        } else {
            version.stages.retain(|stage| stage != label);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strongroom_api::Timestamp;

    use super::*;

    fn versions(labels: &[&[&str]]) -> Vec<Version> {
        let version = |(index, stages): (usize, &&[&str])| {
            let mut version = Version::new(format!("v{}", index + 1), Timestamp::from_millis(0));
            version.stages = stages.iter().map(|s| (*s).to_owned()).collect();
            version
        };
        labels.iter().enumerate().map(version).collect()
    }

    fn labels(versions: &[Version]) -> Vec<Vec<&str>> {
        versions.iter().map(|v| v.stages.iter().map(String::as_str).collect()).collect()
    }

    #[test]
    fn moving_current_drags_previous_and_leaves_custom_labels() {
        let mut all = versions(&[&[PREVIOUS, "PUT0"], &[CURRENT, "PUT1"], &[]]);
        attach(&mut all, CURRENT, "v3");
        assert_eq!(labels(&all), [vec!["PUT0"], vec!["PUT1", PREVIOUS], vec![CURRENT]]);
    }

    #[test]
    fn rolling_back_swaps_current_and_previous() {
        let mut all = versions(&[&[PREVIOUS], &[CURRENT]]);
        attach(&mut all, CURRENT, "v1");
        assert_eq!(labels(&all), [vec![CURRENT], vec![PREVIOUS]]);
    }

    #[test]
    fn pending_stays_on_the_version_that_becomes_current() {
        let mut all = versions(&[&[CURRENT], &[PENDING]]);
        attach(&mut all, CURRENT, "v2");
        assert_eq!(labels(&all), [vec![PREVIOUS], vec![PENDING, CURRENT]]);
    }

    #[test]
    fn moving_a_custom_label_leaves_the_built_in_ones_alone() {
        let mut all = versions(&[&[PREVIOUS], &[CURRENT, "x"]]);
        attach(&mut all, "x", "v1");
        assert_eq!(labels(&all), [vec![PREVIOUS, "x"], vec![CURRENT]]);
    }

    proptest! {
        #[test]
        fn no_order_of_moves_doubles_or_loses_a_label(
            moves in prop::collection::vec((0_usize..4, 0_usize..5), 1..60)
        ) {
            let names = [CURRENT, PREVIOUS, PENDING, "custom"];
            let mut all = versions(&[&[CURRENT], &[], &[], &[], &[]]);
            let mut placed = std::collections::BTreeSet::from([CURRENT]);
            for (label, version) in moves {
                attach(&mut all, names[label], &format!("v{}", version + 1));
                placed.insert(names[label]);
                for name in names {
                    let holders = all.iter().filter(|v| v.has(name)).count();
                    prop_assert!(holders <= 1, "{name} is on {holders} versions");
                    // AWSPREVIOUS goes when its holder becomes current with no former current left.
                    if name != PREVIOUS {
                        prop_assert_eq!(holders == 1, placed.contains(name));
                    }
                }
            }
        }
    }
}
