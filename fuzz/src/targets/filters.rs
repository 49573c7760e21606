//! Filter policies and delivery policies of SNS, and messages that are held against them.

use strongroom_sns::delivery_policy::{self, Manner};
use strongroom_sns::filter_policy::{Attribute, FilterPolicy, Scope};

/// The first line is a policy, the rest a message. A policy without rules takes every JSON object.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (policy, message) = text.split_once('\n').unwrap_or((&text, "{}"));
    let attributes =
        [Attribute::Text(message.to_owned()), Attribute::Number(7.0), Attribute::Opaque];
    for scope in [Scope::MessageAttributes, Scope::MessageBody] {
        if let Ok(filter) = FilterPolicy::parse(policy, scope) {
            let _either = filter.takes(|name| attributes.get(name.len() % 4), message);
        }
        let open = FilterPolicy::parse("{}", scope).expect("a policy");
        assert!(open.takes(|_| None, "{}"), "a policy without rules refuses a message");
    }
    if delivery_policy::check_of_subscription(policy).is_ok() {
        let retries = Manner::of(None, Some(policy)).retries;
        let delays = (1..=retries.count).filter_map(|number| retries.delay_millis(number));
        assert!(delays.sum::<i64>() <= 3_600_000, "{policy}");
    }
    let _either = delivery_policy::check_of_topic(policy);
}

/// Policies of every kind of rule.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        r#"{"a": ["b", {"prefix": "c"}, {"suffix": "d"}, {"equals-ignore-case": "E"}]}"#,
        r#"{"a": [{"anything-but": ["b", 1]}, {"anything-but": {"prefix": "c"}}, {"exists": false}]}"#,
        r#"{"a": [{"numeric": [">", 0, "<=", 150]}, {"cidr": "10.0.0.0/8"}, {"wildcard": "a*b"}]}"#,
        r#"{"a": {"b": [1, true, null]}, "$or": [{"c": ["d"]}, {"e": ["f"]}]}"#,
        r#"{"healthyRetryPolicy": {"numRetries": 50, "backoffFunction": "geometric"}}"#,
        r#"{"http": {"defaultThrottlePolicy": {"maxReceivesPerSecond": 1}}}"#,
    ]
    .map(|policy| format!("{policy}\n{{\"a\": {{\"b\": [1]}}, \"c\": \"d\"}}").into_bytes())
    .to_vec()
}
