//! Links between the documents lead somewhere.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::complaint::{Complaint, Complaints};
use crate::repository::Repository;

/// Every link of every Markdown file that does not leave the repository.
pub fn check(repository: &Repository) -> Complaints {
    let pages = repository.texts(".md");
    let mut found = Complaints::new();
    for (path, text) in &pages {
        for (number, target) in links(text) {
            if let Some(fault) = fault(repository, &pages, path, &target) {
                found
                    .push(Complaint::new(format!("{path}:{number}"), format!("{target}: {fault}")));
            }
        }
    }
    found
}

fn fault(
    repository: &Repository,
    pages: &BTreeMap<String, String>,
    from: &str,
    target: &str,
) -> Option<&'static str> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let there = if path.is_empty() { from.to_owned() } else { resolve(from, path) };
    if !repository.path(&there).exists() {
        return Some("there is no such file");
    }
    let page = pages.get(&there)?;
    let is_there = anchor.is_empty() || headings(page).any(|heading| slug(heading) == anchor);
    (!is_there).then_some("there is no such heading")
}

/// `../b.md` seen from `docs/a.md`.
fn resolve(from: &str, target: &str) -> String {
    let mut path = PathBuf::from(from);
    path.pop();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path.to_string_lossy().replace('\\', "/")
}

/// The lines outside of code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// Targets of `[text](target)` that stay within the repository.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        for rest in line.split("](").skip(1) {
            let Some(target) = rest.split([')', ' ']).next() else { continue };
            if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
                found.push((number, target.to_owned()));
            }
        }
    }
    found
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("``")
}

fn headings(text: &str) -> impl Iterator<Item = &str> {
    prose(text)
        .filter(|(_, line)| line.starts_with('#'))
        .map(|(_, line)| line.trim_start_matches('#').trim())
}

/// The anchor of a heading as GitHub makes it.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_reported_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::at(folder.path());
        repository.write("docs/b.md", "# What it is\n").unwrap();
        let text = "[b](docs/b.md#what-it-is) [web](https://example.org)\n[c](c.md)\n\
                    [d](docs/b.md#else)\n```\n[e](e.md)\n```\n`[f](f.md)`\n";
        repository.write("a.md", text).unwrap();
        let found: Vec<String> = check(&repository).iter().map(ToString::to_string).collect();
        let expected = [
            "a.md:2: c.md: there is no such file",
            "a.md:3: docs/b.md#else: there is no such heading",
        ];
        assert_eq!(found, expected);
    }
}
