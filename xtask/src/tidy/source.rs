//! What every Rust file has to have, and must not.

use crate::complaint::{Complaint, Complaints};
use crate::repository::Repository;

/// Words that say that something is not finished; split so that this file is no case of them.
const UNFINISHED: &[&str] = &[
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("FIX", "ME"),
    concat!("db", "g!"),
];

/// File names that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager"];

/// Every `.rs` file.
pub fn check(repository: &Repository) -> Complaints {
    repository.texts(".rs").iter().flat_map(|(path, text)| look(path, text)).collect()
}

fn look(path: &str, text: &str) -> Complaints {
    let mut found = Complaints::new();
    if !text.starts_with("//! ") {
        found.push(Complaint::new(path, "does not open with a line of `//!`"));
    }
    let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".rs"));
    if stem.is_some_and(|stem| EMPTY_NAMES.contains(&stem)) {
        found.push(Complaint::new(path, "has a name that says nothing"));
    }
    let mut in_tests = path.split('/').any(|folder| folder == "tests");
    for (number, line) in (1..).zip(text.lines()) {
        let place = || format!("{path}:{number}");
        in_tests |= line.trim_start().starts_with("#[cfg(test)]");
        for word in UNFINISHED.iter().filter(|word| line.contains(**word)) {
            found.push(Complaint::new(place(), format!("`{word}` is for work in progress")));
        }
        if is_glob(line) && !(in_tests && is_usual_in_tests(line)) {
            found.push(Complaint::new(place(), "a glob import hides where names come from"));
        }
    }
    found
}

fn is_glob(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.starts_with("use ")
        && (line.contains("::*;") || line.contains("::*,") || line.contains("::*}"))
}

/// A test sees all of its subject; a prelude is made to be taken whole.
fn is_usual_in_tests(line: &str) -> bool {
    matches!(line.trim(), "use super::*;" | "use proptest::prelude::*;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        look(path, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_in_order_is_left_alone() {
        let text = "//! Says so.\n\nuse a::b;\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n";
        assert!(found("core/a/src/secret.rs", text).is_empty());
    }

    #[test]
    fn each_broken_rule_is_named_with_its_line() {
        let text = format!("use a::b::*;\nuse super::*;\nfn f() {{ {}() }}\n", UNFINISHED[0]);
        let expected = [
            "a/utils.rs: does not open with a line of `//!`",
            "a/utils.rs: has a name that says nothing",
            "a/utils.rs:1: a glob import hides where names come from",
            "a/utils.rs:2: a glob import hides where names come from",
        ];
        let found = found("a/utils.rs", &text);
        assert_eq!(found[..4], expected);
        assert!(found[4].starts_with("a/utils.rs:3: "));
    }
}
