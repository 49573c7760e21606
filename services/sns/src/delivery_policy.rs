//! Delivery policies: how often, and when, a failed delivery is tried again. Pure.
//!
//! A topic has one for all its HTTP subscriptions, and each of them may have one of its own, unless the
//! topic forbids that. E-mail and functions follow AWS's fixed policies.

use serde_json::{Map, Value, json};

/// When a failed delivery is tried again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retries {
    /// The shortest delay, in seconds.
    pub min_seconds: f64,
    /// The longest delay, in seconds.
    pub max_seconds: f64,
    /// How often it is tried again.
    pub count: u32,
    /// Of these, how often at once.
    pub immediate: u32,
    /// Then, how often after the shortest delay.
    pub at_min: u32,
    /// At the end, how often after the longest delay.
    pub at_max: u32,
    /// How the delay grows in between.
    pub growth: Growth,
}

/// How delays grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// By the same amount each time.
    Linear,
    /// By amounts that grow by the same amount.
    Arithmetic,
    /// By the same factor each time.
    Geometric,
    /// By doubling.
    Exponential,
}

/// How a subscription is delivered to.
#[derive(Clone, Debug, PartialEq)]
pub struct Manner {
    /// When a failed delivery is tried again.
    pub retries: Retries,
    /// At most so many messages in a second.
    pub most_per_second: Option<u32>,
    /// The `Content-Type` of what is posted.
    pub content_type: String,
}

/// AWS's default for HTTP.
pub const HTTP: Retries = Retries {
    min_seconds: 20.0,
    max_seconds: 20.0,
    count: 3,
    immediate: 0,
    at_min: 0,
    at_max: 0,
    growth: Growth::Linear,
};

/// AWS's policy for e-mail: 50 attempts over six hours.
pub const EMAIL: Retries = Retries {
    min_seconds: 10.0,
    max_seconds: 600.0,
    count: 50,
    immediate: 0,
    at_min: 2,
    at_max: 38,
    growth: Growth::Exponential,
};

/// AWS's policy for its own services: 100,015 attempts over 23 days.
pub const MANAGED: Retries = Retries {
    min_seconds: 1.0,
    max_seconds: 20.0,
    count: 100_015,
    immediate: 3,
    at_min: 2,
    at_max: 100_000,
    growth: Growth::Exponential,
};

const CONTENT_TYPE: &str = "text/plain; charset=UTF-8";

/// AWS's limits.
const LONGEST_SECONDS: f64 = 3_600.0;
const MOST_RETRIES: f64 = 100.0;

impl Retries {
    /// How long to wait before the retry with this number, which begins at 1, in milliseconds; `None`
    /// when there is no such retry.
    #[must_use]
    pub fn delay_millis(&self, number: u32) -> Option<i64> {
        if number == 0 || number > self.count {
            return None;
        }
        let seconds = if number <= self.immediate {
            0.0
        } else if number <= self.immediate + self.at_min {
            self.min_seconds
        } else if number > self.count.saturating_sub(self.at_max) {
            self.max_seconds
        } else {
            let between = self.count - self.immediate - self.at_min - self.at_max;
            self.grown(number - self.immediate - self.at_min, between)
        };
        Some((seconds * 1_000.0) as i64)
    }

    /// The delay at `step` (from 1) of `steps`.
    fn grown(&self, step: u32, steps: u32) -> f64 {
        let (min, max) = (self.min_seconds, self.max_seconds);
        let (step, steps) = (f64::from(step), f64::from(steps));
        let share = if steps > 1.0 { (step - 1.0) / (steps - 1.0) } else { 0.0 };
        match self.growth {
            Growth::Linear => min + (max - min) * share,
            Growth::Arithmetic => {
                min + (max - min) * (step * (step - 1.0)) / (steps * (steps - 1.0)).max(1.0)
            }
            Growth::Geometric => min * (max / min).powf(share),
            Growth::Exponential => (min * 2f64.powf(step - 1.0)).min(max),
        }
    }
}

impl Manner {
    /// How HTTP subscriptions are delivered to when nobody says otherwise.
    #[must_use]
    pub fn http() -> Self {
        Self { retries: HTTP, most_per_second: None, content_type: CONTENT_TYPE.to_owned() }
    }

    /// What the policies of a topic and of its subscription come to. Both have been checked.
    #[must_use]
    pub fn of(topic: Option<&str>, subscription: Option<&str>) -> Self {
        let mut manner = Self::http();
        let read =
            |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
        let topic = read(topic);
        let http = topic.as_ref().map(|policy| &policy["http"]);
        if let Some(http) = http {
            manner.overlay(
                &http["defaultHealthyRetryPolicy"],
                &http["defaultThrottlePolicy"],
                &http["defaultRequestPolicy"],
            );
        }
        let overrides = http.is_none_or(|http| http["disableSubscriptionOverrides"] != true);
        if let Some(own) = read(subscription).filter(|_| overrides) {
            manner.overlay(
                &own["healthyRetryPolicy"],
                &own["throttlePolicy"],
                &own["requestPolicy"],
            );
        }
        manner
    }

    fn overlay(&mut self, retries: &Value, throttle: &Value, request: &Value) {
        if retries.is_object() {
            self.retries = read_retries(retries).unwrap_or(self.retries);
        }
        if let Some(most) = throttle["maxReceivesPerSecond"].as_u64() {
            self.most_per_second = u32::try_from(most).ok();
        }
        if let Some(content_type) = request["headerContentType"].as_str() {
            self.content_type = content_type.to_owned();
        }
    }
}

/// Checks the delivery policy of a topic.
///
/// # Errors
/// What is wrong with it.
pub fn check_of_topic(text: &str) -> Result<(), String> {
    let policy = object(text)?;
    only(&policy, &["http", "sqs", "lambda", "firehose", "application", "sms"])?;
    let http = match policy.get("http") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(http)) => http,
        Some(_) => return Err("http must be an object".to_owned()),
    };
    only(
        http,
        &[
            "defaultHealthyRetryPolicy",
            "defaultSicklyRetryPolicy",
            "defaultThrottlePolicy",
            "defaultRequestPolicy",
            "disableSubscriptionOverrides",
        ],
    )?;
    check_parts(
        http.get("defaultHealthyRetryPolicy"),
        http.get("defaultThrottlePolicy"),
        http.get("defaultRequestPolicy"),
    )
}

/// Checks the delivery policy of a subscription.
///
/// # Errors
/// What is wrong with it.
pub fn check_of_subscription(text: &str) -> Result<(), String> {
    let policy = object(text)?;
    only(
        &policy,
        &[
            "healthyRetryPolicy",
            "sicklyRetryPolicy",
            "throttlePolicy",
            "requestPolicy",
            "guaranteed",
        ],
    )?;
    check_parts(
        policy.get("healthyRetryPolicy"),
        policy.get("throttlePolicy"),
        policy.get("requestPolicy"),
    )
}

/// `EffectiveDeliveryPolicy` of a topic.
#[must_use]
pub fn effective_of_topic(policy: Option<&str>) -> String {
    let manner = Manner::of(policy, None);
    let given = policy.and_then(|policy| serde_json::from_str::<Value>(policy).ok());
    let disabled = given.is_some_and(|given| given["http"]["disableSubscriptionOverrides"] == true);
    let mut http = json!({
        "defaultHealthyRetryPolicy": shown(&manner.retries),
        "disableSubscriptionOverrides": disabled,
        "defaultRequestPolicy": {"headerContentType": manner.content_type},
    });
    if let Some(most) = manner.most_per_second {
        http["defaultThrottlePolicy"] = json!({ "maxReceivesPerSecond": most });
    }
    json!({ "http": http }).to_string()
}

/// `EffectiveDeliveryPolicy` of a subscription.
#[must_use]
pub fn effective_of_subscription(topic: Option<&str>, own: Option<&str>) -> String {
    let manner = Manner::of(topic, own);
    let throttle = manner.most_per_second.map(|most| json!({ "maxReceivesPerSecond": most }));
    json!({
        "healthyRetryPolicy": shown(&manner.retries),
        "sicklyRetryPolicy": null,
        "throttlePolicy": throttle,
        "requestPolicy": {"headerContentType": manner.content_type},
        "guaranteed": false,
    })
    .to_string()
}

fn shown(retries: &Retries) -> Value {
    json!({
        "minDelayTarget": retries.min_seconds as u32,
        "maxDelayTarget": retries.max_seconds as u32,
        "numRetries": retries.count,
        "numMaxDelayRetries": retries.at_max,
        "numNoDelayRetries": retries.immediate,
        "numMinDelayRetries": retries.at_min,
        "backoffFunction": match retries.growth {
            Growth::Linear => "linear",
            Growth::Arithmetic => "arithmetic",
            Growth::Geometric => "geometric",
            Growth::Exponential => "exponential",
        },
    })
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(policy)) => Ok(policy),
        Ok(_) => Err("must be a JSON object".to_owned()),
        Err(error) => Err(format!("not a valid JSON: {error}")),
    }
}

fn only(members: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match members.keys().find(|key| !known.contains(&key.as_str())) {
        Some(unknown) => Err(format!("unrecognized field {unknown}")),
        None => Ok(()),
    }
}

fn check_parts(
    retries: Option<&Value>,
    throttle: Option<&Value>,
    request: Option<&Value>,
) -> Result<(), String> {
    let given = |part: Option<&Value>| part.filter(|part| !part.is_null()).cloned();
    if let Some(retries) = given(retries) {
        read_retries(&retries)?;
    }
    if let Some(throttle) = given(throttle) {
        let most = &throttle["maxReceivesPerSecond"];
        if !most.is_null() && most.as_u64().is_none_or(|most| most == 0) {
            return Err("maxReceivesPerSecond must be 1 or greater".to_owned());
        }
    }
    match given(request) {
        None => Ok(()),
        Some(request) => match &request["headerContentType"] {
            Value::Null => Ok(()),
            Value::String(text) if is_content_type(text) => Ok(()),
            _ => Err("headerContentType is not one of the supported content types".to_owned()),
        },
    }
}

fn read_retries(value: &Value) -> Result<Retries, String> {
    let Value::Object(members) = value else {
        return Err("healthyRetryPolicy must be an object".to_owned());
    };
    let number = |name: &str, default: f64, most: f64| match members.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => match value.as_f64() {
            Some(number) if (0.0..=most).contains(&number) => Ok(number),
            _ => Err(format!("{name} must be between 0 and {most}")),
        },
    };
    let min = number("minDelayTarget", HTTP.min_seconds, LONGEST_SECONDS)?;
    let max = number("maxDelayTarget", HTTP.max_seconds.max(min), LONGEST_SECONDS)?;
    let count = |name, default: u32| {
        number(name, f64::from(default), MOST_RETRIES).map(|number| number as u32)
    };
    let retries = Retries {
        min_seconds: min,
        max_seconds: max,
        count: count("numRetries", HTTP.count)?,
        immediate: count("numNoDelayRetries", 0)?,
        at_min: count("numMinDelayRetries", 0)?,
        at_max: count("numMaxDelayRetries", 0)?,
        growth: match members.get("backoffFunction").and_then(Value::as_str) {
            None | Some("linear") => Growth::Linear,
            Some("arithmetic") => Growth::Arithmetic,
            Some("geometric") => Growth::Geometric,
            Some("exponential") => Growth::Exponential,
            Some(other) => return Err(format!("backoffFunction {other} is not supported")),
        },
    };
    if retries.min_seconds < 1.0 {
        return Err("minDelayTarget must be 1 or greater".to_owned());
    }
    if retries.max_seconds < retries.min_seconds {
        return Err("maxDelayTarget must not be less than minDelayTarget".to_owned());
    }
    if retries.immediate + retries.at_min + retries.at_max > retries.count {
        return Err("numRetries must not be less than the retries of all phases".to_owned());
    }
    let total: i64 = (1..=retries.count).filter_map(|n| retries.delay_millis(n)).sum();
    if total > LONGEST_SECONDS as i64 * 1_000 {
        return Err("total delay must not be more than 3600 seconds".to_owned());
    }
    Ok(retries)
}

/// The content types that AWS sends.
fn is_content_type(text: &str) -> bool {
    const TYPES: [&str; 12] = [
        "application/atom+xml",
        "application/json",
        "application/octet-stream",
        "application/soap+xml",
        "application/x-www-form-urlencoded",
        "application/xhtml+xml",
        "application/xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/plain",
        "text/xml",
    ];
    let (kind, charset) = text.split_once(';').unwrap_or((text, ""));
    let charset = charset.trim();
    TYPES.contains(&kind.trim())
        && (charset.is_empty() || charset.eq_ignore_ascii_case("charset=utf-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_three_retries_twenty_seconds_apart() {
        let delays: Vec<_> = (1..6).map(|n| HTTP.delay_millis(n)).collect();
        assert_eq!(delays, [Some(20_000), Some(20_000), Some(20_000), None, None]);
    }

    #[test]
    fn the_phases_follow_each_other_and_the_delay_grows_in_between() {
        let retries = Retries {
            min_seconds: 1.0,
            max_seconds: 9.0,
            count: 9,
            immediate: 1,
            at_min: 1,
            at_max: 2,
            growth: Growth::Linear,
        };
        let delays: Vec<_> = (1..=9).filter_map(|n| retries.delay_millis(n)).collect();
        assert_eq!(delays, [0, 1_000, 1_000, 3_000, 5_000, 7_000, 9_000, 9_000, 9_000]);
        for growth in [Growth::Arithmetic, Growth::Geometric, Growth::Exponential] {
            let retries = Retries { growth, ..retries };
            let delays: Vec<_> = (2..=9).filter_map(|n| retries.delay_millis(n)).collect();
            assert!(delays.is_sorted(), "{growth:?} {delays:?}");
            assert!(delays.iter().all(|delay| (1_000..=9_000).contains(delay)), "{delays:?}");
        }
    }

    #[test]
    fn the_fixed_policies_last_as_long_as_aws_says() {
        let total = |retries: &Retries| {
            (1..=retries.count).filter_map(|n| retries.delay_millis(n)).sum::<i64>() / 1_000
        };
        assert!((21_600..=30_000).contains(&total(&EMAIL)), "{}", total(&EMAIL));
        assert_eq!(total(&MANAGED) / 86_400, 23);
    }

    #[test]
    fn a_subscription_overrides_its_topic_unless_that_is_forbidden() {
        let topic = |disabled: bool| {
            json!({"http": {
                "defaultHealthyRetryPolicy": {"numRetries": 5},
                "disableSubscriptionOverrides": disabled,
            }})
            .to_string()
        };
        let own = r#"{"healthyRetryPolicy": {"numRetries": 7}, "throttlePolicy": {"maxReceivesPerSecond": 2}}"#;
        let free = Manner::of(Some(&topic(false)), Some(own));
        assert_eq!((free.retries.count, free.most_per_second), (7, Some(2)));
        let bound = Manner::of(Some(&topic(true)), Some(own));
        assert_eq!((bound.retries.count, bound.most_per_second), (5, None));
    }

    #[test]
    fn a_policy_that_cannot_be_is_refused() {
        for (policy, expected) in [
            ("[]", "must be a JSON object"),
            (r#"{"htp": {}}"#, "unrecognized field htp"),
            (r#"{"http": {"defaultHealthyRetryPolicy": {"numRetries": 101}}}"#, "numRetries"),
            (r#"{"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 0}}}"#, "minDelayTarget"),
            (
                r#"{"http": {"defaultHealthyRetryPolicy": {"numRetries": 100, "minDelayTarget": 60}}}"#,
                "total delay",
            ),
            (r#"{"http": {"defaultThrottlePolicy": {"maxReceivesPerSecond": 0}}}"#, "maxReceives"),
            (
                r#"{"http": {"defaultRequestPolicy": {"headerContentType": "x/y"}}}"#,
                "headerContent",
            ),
        ] {
            let complaint = check_of_topic(policy).err().unwrap_or_default();
            assert!(complaint.contains(expected), "{policy}: {complaint}");
        }
        assert_eq!(check_of_topic(r#"{"http": {}}"#), Ok(()));
        assert!(check_of_subscription(r#"{"http": {}}"#).is_err());
    }
}
