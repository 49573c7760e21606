//! A record in plain words.

use serde_json::Value;
use strongroom_policy::{Effect, Explanation, PolicyExplanation, StatementExplanation};

/// Who asked for what and what came of it; for a denial, which policies made it so.
pub fn tell(record: &Value) -> String {
    let mut told = String::new();
    line(&mut told, "when", text(record, "/eventTime"));
    line(&mut told, "who", &who(record));
    let (event, source) = (text(record, "/eventName"), text(record, "/eventSource"));
    let region = text(record, "/awsRegion");
    line(&mut told, "what", &format!("{event} of {source} in {region}"));
    line(&mut told, "on what", &on_what(record));
    line(&mut told, "outcome", &outcome(record));
    if let Some(explanation) = super::explanation(record) {
        told.push('\n');
        told.push_str(&because(explanation));
    }
    // Callers have a say in what a record holds, but not in what a terminal does.
    told.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn line(told: &mut String, label: &str, value: &str) {
    told.push_str(&format!("{label:<9}{}\n", value.replace('\n', " ")));
}

fn text<'r>(record: &'r Value, pointer: &str) -> &'r str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn who(record: &Value) -> String {
    let names = ["/userIdentity/arn", "/userIdentity/invokedBy", "/userIdentity/accountId"];
    let name = names.iter().map(|name| text(record, name)).find(|name| !name.is_empty());
    let mut who = name.unwrap_or("an unknown caller").to_owned();
    match text(record, "/userIdentity/accessKeyId") {
        "" => {}
        key => who.push_str(&format!(" with access key {key}")),
    }
    match text(record, "/sourceIPAddress") {
        "" => {}
        address => who.push_str(&format!(" from {address}")),
    }
    who
}

fn on_what(record: &Value) -> String {
    let places = ["/additionalEventData/explanation/resource", "/resources/0/ARN"];
    let arn = places.iter().map(|place| text(record, place)).find(|arn| !arn.is_empty());
    match (arn, record.get("requestParameters")) {
        (Some("*"), _) => "no resource in particular".to_owned(),
        (Some(arn), _) => arn.to_owned(),
        (None, Some(parameters)) if !parameters.is_null() => parameters.to_string(),
        (None, _) => "nothing that the record names".to_owned(),
    }
}

fn outcome(record: &Value) -> String {
    let (code, message) = (text(record, "/errorCode"), text(record, "/errorMessage"));
    let is_explained = super::explanation(record).is_some();
    match code {
        "" if message.is_empty() => "not a denial: the call succeeded".to_owned(),
        "" => format!("not a denial: {message}"),
        _ if is_explained => format!("denied: {message}"),
        "AccessDenied" => format!(
            "denied, by no policy on this call: {message} (the id {} finds everything that was \
             done for the request)",
            text(record, "/requestID")
        ),
        _ => format!("not a denial: the call failed with {code}: {message}"),
    }
}

fn because(value: &Value) -> String {
    let Ok(explanation) = serde_json::from_value::<Explanation>(value.clone()) else {
        // Of another version of this program, perhaps.
        return format!("the explanation as it was recorded: {value}\n");
    };
    let mut told = String::new();
    for policy in &explanation.policies {
        let denying = policy.statements.iter().filter(|one| is_denying(one));
        for statement in denying {
            let (name, place) = (name_of(policy), place_of(statement));
            told.push_str(&format!("{place} of {name} denies {}.\n", explanation.action));
        }
    }
    for missing in &explanation.missing {
        told.push_str(&format!(
            "nothing allows {}: an Allow in {} is missing.\n",
            explanation.action,
            missing.with_article()
        ));
    }
    match &explanation.policies[..] {
        [] => told.push_str("no policy was asked that could have allowed it.\n"),
        policies => {
            told.push_str("\nthe policies that were asked:\n");
            policies.iter().for_each(|policy| told.push_str(&policy.to_string()));
        }
    }
    if value["shortened"] == true {
        told.push_str("what tells less was left out of the record for want of room.\n");
    }
    told
}

fn is_denying(statement: &StatementExplanation) -> bool {
    statement.took_effect && statement.effect == Effect::Deny
}

fn name_of(policy: &PolicyExplanation) -> String {
    let name = policy.arn.as_ref().or(policy.name.as_ref());
    let kind = policy.policy_type.name();
    name.map_or(format!("the {kind}"), |name| format!("the {kind} {name}"))
}

fn place_of(statement: &StatementExplanation) -> String {
    let number = statement.index + 1;
    let at = format!("line {}, column {}", statement.line, statement.column);
    match &statement.sid {
        Some(sid) => format!("statement {number} \"{sid}\" ({at})"),
        None => format!("statement {number} ({at})"),
    }
}
