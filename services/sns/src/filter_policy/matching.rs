//! Whether a message passes.

use serde_json::Value;

use super::rule::Rule;
use super::{Attribute, Branch, Group};

/// Whether the attributes of a message pass.
pub fn attributes<'a>(group: &Group, of: &dyn Fn(&str) -> Option<&'a Attribute>) -> bool {
    let all = group.keys.iter().all(|(key, branch)| match branch {
        Branch::Rules(rules) => attribute(rules, of(key)),
        // Attributes have nothing inside; the parser refuses such policies.
        Branch::Nested(_) => false,
    });
    all && group.either.as_ref().is_none_or(|groups| groups.iter().any(|one| attributes(one, of)))
}

/// Whether an object of a message's body passes.
pub fn object(group: &Group, value: Option<&Value>) -> bool {
    let member = |key: &str| value.and_then(|value| value.get(key));
    let all = group.keys.iter().all(|(key, branch)| match branch {
        Branch::Rules(rules) => any(rules, member(key)),
        Branch::Nested(inner) => match member(key) {
            // One of the objects of a list has to pass as a whole.
            Some(Value::Array(items)) => items.iter().any(|item| object(inner, Some(item))),
            found => object(inner, found),
        },
    });
    all && group.either.as_ref().is_none_or(|groups| groups.iter().any(|one| object(one, value)))
}

fn attribute(rules: &[Rule], found: Option<&Attribute>) -> bool {
    match found {
        None => any(rules, None),
        Some(Attribute::Text(text)) => any(rules, Some(&Value::from(text.as_str()))),
        Some(Attribute::Number(number)) => any(rules, Some(&Value::from(*number))),
        Some(Attribute::List(items)) => items.iter().any(|item| any(rules, Some(item))),
        Some(Attribute::Opaque) => rules.contains(&Rule::Exists(true)),
    }
}

/// Whether one of the rules takes the value; of a list, whether one of its items is taken.
fn any(rules: &[Rule], value: Option<&Value>) -> bool {
    match value {
        None => rules.iter().any(Rule::takes_absence),
        Some(Value::Array(items)) => {
            rules.contains(&Rule::Exists(true))
                || items.iter().any(|item| rules.iter().any(|rule| rule.takes(item)))
        }
        // An object is no leaf, so neither is there anything to compare with.
        Some(Value::Object(_)) => rules.iter().any(Rule::takes_absence),
        Some(value) => rules.iter().any(|rule| rule.takes(value)),
    }
}
