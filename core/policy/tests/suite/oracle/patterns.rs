//! Wildcards, variables, actions and resources, one character at a time.

use serde_json::Value;

use crate::case::Case;

/// One character of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Symbol {
    Exactly(char),
    Star,
    Question,
}

/// Reads a pattern. `None`: a variable has no value.
pub fn read(pattern: &str, wildcards: bool, variables: bool, case: &Case) -> Option<Vec<Symbol>> {
    let mut symbols = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        if variables && rest.starts_with("${") {
            let end = rest.find('}').unwrap();
            let value = match &rest[2..end] {
                special @ ("*" | "?" | "$") => special.to_owned(),
                inside => {
                    let (key, default) = match inside.split_once(',') {
                        Some((key, default)) => {
                            (key, Some(default.trim().trim_matches('\'').to_owned()))
                        }
                        None => (inside, None),
                    };
                    let mut values = request_values(key.trim(), case);
                    if values.len() == 1 { values.remove(0) } else { default? }
                }
            };
            symbols.extend(value.chars().map(Symbol::Exactly));
            rest = &rest[end + 1..];
            continue;
        }
        let c = rest.chars().next().unwrap();
        symbols.push(match c {
            '*' if wildcards => Symbol::Star,
            '?' if wildcards => Symbol::Question,
            c => Symbol::Exactly(c),
        });
        rest = &rest[c.len_utf8()..];
    }
    Some(symbols)
}

/// The values of a key, whatever the case of its letters.
pub fn request_values(key: &str, case: &Case) -> Vec<String> {
    let found = case.context.iter().find(|(name, _)| name.to_lowercase() == key.to_lowercase());
    match found {
        None => Vec::new(),
        Some((_, Value::Array(values))) => {
            values.iter().map(|one| one.as_str().unwrap().into()).collect()
        }
        Some((_, value)) => vec![value.as_str().unwrap().into()],
    }
}

/// Fills the table of "the first i symbols match the first j characters".
pub fn glob(pattern: &[Symbol], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row: Vec<bool> = (0..=text.len()).map(|j| j == 0).collect();
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        for j in 0..=text.len() {
            next[j] = match symbol {
                Symbol::Star => row[j] || (j > 0 && next[j - 1]),
                Symbol::Question => j > 0 && row[j - 1],
                Symbol::Exactly(c) => j > 0 && row[j - 1] && text[j - 1] == *c,
            };
        }
        row = next;
    }
    row[text.len()]
}

pub fn action_matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_lowercase(), action.to_lowercase());
    if pattern == "*" {
        return true;
    }
    let symbols = |text: &str| -> Vec<Symbol> {
        text.chars()
            .map(|c| {
                if c == '*' {
                    Symbol::Star
                } else if c == '?' {
                    Symbol::Question
                } else {
                    Symbol::Exactly(c)
                }
            })
            .collect()
    };
    let ((service, name), (asked_service, asked_name)) =
        (pattern.split_once(':').unwrap(), action.split_once(':').unwrap());
    (service == "*" || service == asked_service) && glob(&symbols(name), asked_name)
}

/// `None`: it hangs on a variable without a value.
pub fn resource_matches(pattern: &str, case: &Case, variables: bool) -> Option<bool> {
    if pattern == "*" {
        return Some(true);
    }
    let asked: Vec<&str> = case.resource.splitn(6, ':').collect();
    let mut parts: Vec<&str> = pattern.splitn(6, ':').collect();
    if asked.len() < 6 {
        return Some(false);
    }
    // Only policies of the caller's side are generated with ARNs of fewer parts.
    parts.resize(6, "*");
    for index in 0..5 {
        if !glob(&read(parts[index], true, false, case).unwrap(), asked[index]) {
            return Some(false);
        }
    }
    read(parts[5], true, variables, case).map(|symbols| glob(&symbols, asked[5]))
}
