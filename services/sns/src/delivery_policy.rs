//! Delivery policies: how often, and when, a failed delivery is tried again. Pure.
//!
//! A topic has one for all its HTTP subscriptions, and each of them may have one of its own, unless the
//! topic forbids that. E-mail and functions follow AWS's fixed policies.

mod document;

use serde_json::Value;

pub use document::{
    check_of_subscription, check_of_topic, effective_of_subscription, effective_of_topic,
};

use document::read_retries;

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

#[cfg(test)]
mod tests {
    use serde_json::json;

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
