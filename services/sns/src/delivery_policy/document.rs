//! Delivery policies as documents: what they may say, and how they are shown.

use serde_json::{Map, Value, json};

use super::{Growth, HTTP, Manner, Retries};

/// AWS's limits.
const LONGEST_SECONDS: f64 = 3_600.0;
const MOST_RETRIES: f64 = 100.0;

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

pub(super) fn read_retries(value: &Value) -> Result<Retries, String> {
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
