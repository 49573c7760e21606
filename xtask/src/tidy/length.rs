//! Files stay short; those that are long may only shrink.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::complaint::{Complaint, Complaints};
use crate::repository::Repository;

/// Lines that a file may have.
const MOST_LINES: usize = 400;
/// Lines that the architecture may take to tell.
const MOST_LINES_OF_ARCHITECTURE: usize = 299;
/// The list of longer files.
const RATCHET: &str = "xtask/ratchet.toml";

/// Files that are longer, with how long each may be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ratchet {
    lines: BTreeMap<String, usize>,
}

/// Every `.rs` file, and the architecture.
pub fn check(repository: &Repository) -> Complaints {
    let ratchet = match repository.read(RATCHET).map(|text| toml::from_str::<Ratchet>(&text)) {
        Ok(Ok(ratchet)) => ratchet,
        Ok(Err(cause)) => return vec![Complaint::new(RATCHET, cause.to_string())],
        Err(complaint) => return vec![complaint],
    };
    let files = repository.texts(".rs");
    let lengths = files.iter().map(|(path, text)| (path.as_str(), text.lines().count()));
    let mut found = compare(&lengths.collect(), &ratchet.lines);
    let architecture = repository.read("ARCHITECTURE.md");
    if architecture.is_ok_and(|text| text.lines().count() > MOST_LINES_OF_ARCHITECTURE) {
        found.push(Complaint::new("ARCHITECTURE.md", "has 300 lines or more"));
    }
    found
}

fn compare(lengths: &BTreeMap<&str, usize>, allowed: &BTreeMap<String, usize>) -> Complaints {
    let mut found = Complaints::new();
    for (path, lines) in lengths {
        let most = allowed.get(*path).copied();
        if *lines > most.unwrap_or(MOST_LINES) {
            let most = most.unwrap_or(MOST_LINES);
            found.push(Complaint::new(*path, format!("has {lines} lines and may have {most}")));
        }
    }
    for (path, most) in allowed {
        match lengths.get(path.as_str()) {
            Some(lines) if *lines <= MOST_LINES => {
                let text = format!("{path} is short now: take it off the list");
                found.push(Complaint::new(RATCHET, text));
            }
            Some(lines) if lines < most => {
                found.push(Complaint::new(RATCHET, format!("{path} has shrunk: write {lines}")));
            }
            Some(_) => {}
            None => {
                let text = format!("{path} is gone: take it off the list");
                found.push(Complaint::new(RATCHET, text));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_only_shrinks() {
        let lengths =
            BTreeMap::from([("a.rs", 401), ("b.rs", 450), ("c.rs", 430), ("d.rs", 7), ("e.rs", 9)]);
        let allowed = [("b.rs", 449), ("c.rs", 440), ("d.rs", 500), ("f.rs", 500)];
        let allowed = allowed.map(|(path, most)| (path.to_owned(), most)).into();
        let found: Vec<String> =
            compare(&lengths, &allowed).iter().map(ToString::to_string).collect();
        let expected = [
            "a.rs: has 401 lines and may have 400",
            "b.rs: has 450 lines and may have 449",
            "xtask/ratchet.toml: c.rs has shrunk: write 430",
            "xtask/ratchet.toml: d.rs is short now: take it off the list",
            "xtask/ratchet.toml: f.rs is gone: take it off the list",
        ];
        assert_eq!(found, expected);
    }
}
