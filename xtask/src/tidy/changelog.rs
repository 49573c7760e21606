//! The changelog has the form of keepachangelog.com.

use crate::complaint::{Complaint, Complaints};
use crate::repository::Repository;

const PATH: &str = "CHANGELOG.md";
const KINDS: &[&str] = &["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/// The changelog.
pub fn check(repository: &Repository) -> Complaints {
    match repository.read(PATH) {
        Ok(text) => look(&text),
        Err(complaint) => vec![complaint],
    }
}

fn look(text: &str) -> Complaints {
    let mut found = Complaints::new();
    let mut complain = |number: usize, text: &str| {
        found.push(Complaint::new(format!("{PATH}:{number}"), text));
    };
    let mut releases = 0;
    let mut is_under_kind = false;
    for (number, line) in (1..).zip(text.lines()) {
        if number == 1 && line != "# Changelog" {
            complain(number, "the first line is `# Changelog`");
        } else if let Some(release) = line.strip_prefix("## ") {
            releases += 1;
            is_under_kind = false;
            if releases == 1 && release != "[Unreleased]" {
                complain(number, "the first section is `## [Unreleased]`");
            } else if releases > 1 && !is_release(release) {
                complain(number, "a release is `## [1.2.3] - 2026-01-31`");
            }
        } else if let Some(kind) = line.strip_prefix("### ") {
            is_under_kind = true;
            if !KINDS.contains(&kind) {
                complain(
                    number,
                    "a kind of change is Added, Changed, Deprecated, Removed, Fixed or Security",
                );
            }
        } else if line.starts_with("- ") && !is_under_kind {
            complain(number, "a change stands under its kind");
        }
    }
    if releases == 0 {
        complain(1, "there is no section `## [Unreleased]`");
    }
    found
}

fn is_release(text: &str) -> bool {
    let Some((version, date)) = text.split_once(" - ") else { return false };
    let version = version.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_version = |text: &str| text.split('.').count() == 3 && text.split('.').all(is_number);
    let is_date =
        date.len() == 10 && date.split('-').count() == 3 && date.split('-').all(is_number);
    version.is_some_and(is_version) && is_date
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_known() {
        let good = "# Changelog\n\n## [Unreleased]\n\n### Added\n- A.\n\n## [0.1.0] - 2026-01-31\n\n### Fixed\n- B.\n";
        assert!(look(good).is_empty());
        let bad = "# Changes\n## [Unreleased]\n- A.\n### New\n## 0.1.0\n";
        assert_eq!(look(bad).len(), 4);
    }
}
