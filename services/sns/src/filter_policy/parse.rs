//! From the text of a filter policy to its rules, with AWS's complaints.

use std::fmt;

use serde_json::{Map, Value};

use super::rule::{Comparison, Network, Rule};
use super::{Branch, Group, Scope};

/// The longest policy, in bytes; AWS's limit.
pub const MOST_BYTES: usize = 262_144;
/// AWS's limit on the keys of a policy.
const MOST_KEYS: usize = 5;
/// AWS's limit on the combinations of values that a policy spans.
const MOST_COMBINATIONS: usize = 150;
/// Deeper policies have more keys than are allowed, or none at the bottom.
const DEEPEST: usize = 16;
/// AWS's bound on numbers in policies.
const LARGEST: f64 = 1_000_000_000.0;

/// What is wrong with a policy, in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

type Parsed<T> = Result<T, Fault>;

/// What a policy adds up to.
struct Reader {
    scope: Scope,
    keys: usize,
    combinations: usize,
}

/// Parses a policy.
pub fn policy(text: &str, scope: Scope) -> Parsed<Group> {
    if text.len() > MOST_BYTES {
        return fault("Filter policy is too large");
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return fault(format!("failed to parse JSON. {error}")),
    };
    let Value::Object(members) = value else {
        return fault("Filter policy must be an object");
    };
    let mut reader = Reader { scope, keys: 0, combinations: 1 };
    let group = reader.group(&members, 1)?;
    if reader.keys > MOST_KEYS {
        return fault("Filter policy can not have more than 5 keys");
    }
    Ok(group)
}

impl Reader {
    fn group(&mut self, members: &Map<String, Value>, depth: usize) -> Parsed<Group> {
        if depth > DEEPEST {
            return too_complex();
        }
        let mut group = Group::default();
        for (key, value) in members {
            match value {
                // Only a list of objects of the language's own keeps the word `$or`.
                Value::Array(items) if key == "$or" && is_either(items) => {
                    let either = items.iter().filter_map(Value::as_object);
                    let either = either.map(|item| self.group(item, depth + 1));
                    group.either = Some(either.collect::<Parsed<_>>()?);
                }
                Value::Array(items) => {
                    let rules = self.rules(key, items, depth)?;
                    group.keys.push((key.clone(), Branch::Rules(rules)));
                }
                Value::Object(inner) if self.scope == Scope::MessageBody => {
                    if inner.is_empty() {
                        return fault("Empty objects are not allowed");
                    }
                    let inner = self.group(inner, depth + 1)?;
                    group.keys.push((key.clone(), Branch::Nested(inner)));
                }
                Value::Object(_) => {
                    return fault(
                        "Filter policy scope MessageAttributes does not support nested filter policy",
                    );
                }
                _ => return fault(format!("\"{key}\" must be an object or an array")),
            }
        }
        Ok(group)
    }

    fn rules(&mut self, key: &str, items: &[Value], depth: usize) -> Parsed<Vec<Rule>> {
        if items.is_empty() {
            return fault(format!("Empty arrays are not allowed: \"{key}\""));
        }
        self.keys += 1;
        self.combinations = self.combinations.saturating_mul(items.len().saturating_mul(depth));
        if self.combinations > MOST_COMBINATIONS {
            return too_complex();
        }
        items.iter().map(rule).collect()
    }
}

fn is_either(items: &[Value]) -> bool {
    items.len() > 1 && items.iter().all(|item| item.as_object().is_some_and(|one| !one.is_empty()))
}

fn rule(value: &Value) -> Parsed<Rule> {
    match value {
        Value::Object(members) => operator(members),
        Value::Array(_) => fault("Match value must be String, number, true, false, or null"),
        value => plain(value),
    }
}

fn plain(value: &Value) -> Parsed<Rule> {
    match value {
        Value::String(text) => Ok(Rule::Text(text.clone())),
        Value::Number(_) => number(value).map(Rule::Number),
        Value::Bool(truth) => Ok(Rule::Bool(*truth)),
        Value::Null => Ok(Rule::Null),
        _ => fault("Match value must be String, number, true, false, or null"),
    }
}

fn operator(members: &Map<String, Value>) -> Parsed<Rule> {
    let mut members = members.iter();
    let (Some((name, value)), None) = (members.next(), members.next()) else {
        return fault("Only one key allowed in match expression");
    };
    match name.as_str() {
        "prefix" => text(name, value).map(Rule::Prefix),
        "suffix" => text(name, value).map(Rule::Suffix),
        "equals-ignore-case" => text(name, value).map(Rule::IgnoringCase),
        "wildcard" => wildcard(value),
        "cidr" => cidr(value),
        "exists" => match value {
            Value::Bool(there) => Ok(Rule::Exists(*there)),
            _ => fault("exists match pattern must be either true or false."),
        },
        "anything-but" => anything_but(value),
        "numeric" => numeric(value),
        other => fault(format!("Unrecognized match type {other}")),
    }
}

fn text(name: &str, value: &Value) -> Parsed<String> {
    match value {
        Value::String(text) if !text.is_empty() => Ok(text.clone()),
        Value::String(_) => fault(format!("{name} match pattern must not be empty")),
        _ => fault(format!("{name} match pattern must be a string")),
    }
}

fn wildcard(value: &Value) -> Parsed<Rule> {
    let form = text("wildcard", value)?;
    if form.contains("**") {
        return fault("Consecutive wildcard characters are not allowed");
    }
    if form.matches('*').count() > 3 {
        return fault("wildcard match pattern must not have more than 3 wildcards");
    }
    Ok(Rule::Wildcard(form))
}

fn cidr(value: &Value) -> Parsed<Rule> {
    let text = text("cidr", value)?;
    match Network::read(&text) {
        Some(network) => Ok(Rule::Cidr(network)),
        None => fault(format!("Malformed CIDR, one '/' required: {text}")),
    }
}

/// The rules that must not apply: a value, a list of values, or one of these operators.
fn anything_but(value: &Value) -> Parsed<Rule> {
    const NAMES: [&str; 4] = ["prefix", "suffix", "equals-ignore-case", "wildcard"];
    let rules = match value {
        Value::Array(items) if items.is_empty() => {
            return fault("Empty arrays are not allowed: \"anything-but\"");
        }
        Value::Array(items) => items.iter().map(but).collect::<Parsed<_>>()?,
        Value::Object(members) => {
            let mut rules = Vec::new();
            for (name, value) in members {
                if !NAMES.contains(&name.as_str()) {
                    return fault(format!("Unsupported anything-but pattern: {name}"));
                }
                let one =
                    |value: &Value| operator(&Map::from_iter([(name.clone(), value.clone())]));
                match value {
                    Value::Array(values) if !values.is_empty() => {
                        rules.extend(values.iter().map(one).collect::<Parsed<Vec<_>>>()?);
                    }
                    value => rules.push(one(value)?),
                }
            }
            if members.len() != 1 {
                return fault("Only one key allowed in match expression");
            }
            rules
        }
        value => vec![but(value)?],
    };
    Ok(Rule::AnythingBut(rules))
}

fn but(value: &Value) -> Parsed<Rule> {
    match value {
        Value::String(_) | Value::Number(_) => plain(value),
        _ => fault("Inside anything but list, number|start|null|boolean is not supported."),
    }
}

fn numeric(value: &Value) -> Parsed<Rule> {
    let Value::Array(items) = value else {
        return fault("Value of numeric must be an array");
    };
    let mut bounds = Vec::new();
    for pair in items.chunks(2) {
        let Some(Value::String(operator)) = pair.first() else {
            return fault("Invalid member in numeric match: must be a comparison operator");
        };
        let Some(comparison) = Comparison::read(operator) else {
            return fault(format!("Unrecognized numeric range operator: {operator}"));
        };
        let bound = pair.get(1).filter(|bound| bound.is_number());
        let Some(bound) = bound else {
            return fault(format!("Value of {operator} must be numeric"));
        };
        bounds.push((comparison, number(bound)?));
    }
    use Comparison::{AtLeast, AtMost, Greater, Less};
    match bounds[..] {
        [_] => {}
        [(Greater | AtLeast, bottom), (Less | AtMost, top)] if bottom < top => {}
        [(Greater | AtLeast, _), (Less | AtMost, _)] => {
            return fault("Bottom must be less than top");
        }
        _ => return fault("Too many elements in numeric expression"),
    }
    Ok(Rule::Numeric(bounds))
}

fn number(value: &Value) -> Parsed<f64> {
    match value.as_f64() {
        Some(number) if number.abs() <= LARGEST => Ok(number),
        _ => fault("Value of numeric must be between -1.0E9 and +1.0E9 inclusive"),
    }
}

fn too_complex<T>() -> Parsed<T> {
    fault("Filter policy is too complex")
}

fn fault<T>(words: impl Into<String>) -> Parsed<T> {
    Err(Fault(words.into()))
}
