//! Conditions, operator by operator.

use serde_json::{Map, Value};

use super::patterns::{Symbol, glob, read, request_values};
use super::{and, not, or, strings};
use crate::case::Case;

pub fn conditions_hold(block: &Map<String, Value>, case: &Case, variables: bool) -> Option<bool> {
    and(block.iter().flat_map(|(operator, keys)| {
        keys.as_object()
            .unwrap()
            .iter()
            .map(|(key, values)| holds(operator, key, values, case, variables))
    }))
}

fn holds(operator: &str, key: &str, policy: &Value, case: &Case, variables: bool) -> Option<bool> {
    let request = request_values(key, case);
    let policy = strings(policy);
    let (set, operator) = match operator.split_once(':') {
        Some((set, operator)) => (Some(set), operator),
        None => (None, operator),
    };
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    if operator == "Null" {
        return Some(
            policy
                .iter()
                .any(|one| (one.to_lowercase() == "true") == request.is_empty()),
        );
    }
    if request.is_empty() && if_exists {
        return Some(true);
    }
    let negative = operator.contains("Not");
    let positive = operator.replacen("Not", "", 1);
    let one = |value: &String| {
        let any = match readable(&positive, value) {
            false => None,
            true => or(policy
                .iter()
                .map(|one| compare(&positive, value, one, case, variables))),
        };
        if negative { not(any) } else { any }
    };
    match set {
        Some("ForAllValues") => and(request.iter().map(one)),
        Some("ForAnyValue") => or(request.iter().map(one)),
        _ if request.is_empty() => Some(negative),
        _ if request.len() > 1 => None,
        _ => one(&request[0]),
    }
}

/// Whether the operator can make sense of a value of the request.
fn readable(operator: &str, value: &str) -> bool {
    match operator {
        "Bool" => matches!(&*value.to_lowercase(), "true" | "false"),
        "IpAddress" => value.parse::<std::net::IpAddr>().is_ok(),
        "BinaryEquals" => unbase64(value).is_some(),
        _ if operator.starts_with("Arn") => {
            value.starts_with("arn:") && value.matches(':').count() >= 5
        }
        _ if operator.starts_with("Numeric") => value.parse::<f64>().is_ok(),
        _ if operator.starts_with("Date") => nanos(value).is_some(),
        _ => true,
    }
}

fn compare(
    operator: &str,
    request: &str,
    policy: &str,
    case: &Case,
    variables: bool,
) -> Option<bool> {
    if let Some(relation) = operator.strip_prefix("Numeric") {
        let (a, b): (f64, f64) = (request.parse().unwrap(), policy.parse().unwrap());
        return Some(relates(relation, a, b));
    }
    if let Some(relation) = operator.strip_prefix("Date") {
        return Some(relates(
            relation,
            nanos(request).unwrap(),
            nanos(policy).unwrap(),
        ));
    }
    let text = |wildcards| read(policy, wildcards, variables, case);
    match operator {
        "StringEquals" => Some(text(false).is_some_and(|symbols| glob(&symbols, request))),
        "StringLike" => Some(text(true).is_some_and(|symbols| glob(&symbols, request))),
        "StringEqualsIgnoreCase" => Some(text(false).is_some_and(|symbols| {
            let spelled: String = symbols.iter().map(|symbol| character(*symbol)).collect();
            spelled.to_lowercase() == request.to_lowercase()
        })),
        "Bool" => Some(request.to_lowercase() == policy.to_lowercase()),
        "IpAddress" => Some(in_range(request, policy)),
        "BinaryEquals" => Some(unbase64(request) == unbase64(policy)),
        "ArnEquals" | "ArnLike" => match text(true) {
            None => Some(false),
            Some(symbols) => arn_matches(&symbols, request),
        },
        other => panic!("no operator {other}"),
    }
}

fn character(symbol: Symbol) -> char {
    match symbol {
        Symbol::Exactly(c) => c,
        other => panic!("{other:?} is no character"),
    }
}

fn relates<T: PartialOrd>(relation: &str, a: T, b: T) -> bool {
    match relation {
        "Equals" => a == b,
        "LessThan" => a < b,
        "LessThanEquals" => a <= b,
        "GreaterThan" => a > b,
        "GreaterThanEquals" => a >= b,
        other => panic!("no relation {other}"),
    }
}

fn arn_matches(pattern: &[Symbol], arn: &str) -> Option<bool> {
    let parts: Vec<&[Symbol]> = pattern
        .splitn(6, |symbol| *symbol == Symbol::Exactly(':'))
        .collect();
    if parts.len() < 6 {
        return None;
    }
    Some(
        parts
            .iter()
            .zip(arn.splitn(6, ':'))
            .all(|(pattern, part)| glob(pattern, part)),
    )
}

/// Dates in the notations that are generated: epoch seconds, with or without a fraction, and ISO 8601.
fn nanos(text: &str) -> Option<i128> {
    if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        let seconds: f64 = text.parse().ok()?;
        return Some((seconds * 1_000.0) as i128 * 1_000_000);
    }
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(timestamp.as_nanosecond());
    }
    let date = text.parse::<jiff::civil::Date>().ok()?;
    Some(
        date.to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_nanosecond(),
    )
}

/// Compares addresses as strings of bits.
fn in_range(address: &str, range: &str) -> bool {
    let (base, length) = range
        .split_once('/')
        .map_or((range, None), |(base, length)| (base, Some(length)));
    let (address, base) = (bits(address), bits(base));
    let length = length.map_or(base.len(), |length| length.parse().unwrap());
    address.len() == base.len() && address[..length] == base[..length]
}

fn bits(address: &str) -> String {
    let octets = match address.parse().unwrap() {
        std::net::IpAddr::V4(address) => address.octets().to_vec(),
        std::net::IpAddr::V6(address) => address.octets().to_vec(),
    };
    octets.iter().map(|octet| format!("{octet:08b}")).collect()
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
