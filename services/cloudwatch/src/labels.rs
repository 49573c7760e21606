//! AWS's words for regions, times and comparisons in what alarms say.

use strongroom_api::Timestamp;

use crate::shapes::ComparisonOperator;

/// `greater than or equal to`.
#[must_use]
pub fn comparison(operator: ComparisonOperator) -> &'static str {
    match operator {
        ComparisonOperator::GreaterThanOrEqualToThreshold => "greater than or equal to",
        ComparisonOperator::GreaterThanThreshold => "greater than",
        ComparisonOperator::LessThanThreshold => "less than",
        ComparisonOperator::LessThanOrEqualToThreshold => "less than or equal to",
        ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold => "outside",
        ComparisonOperator::LessThanLowerThreshold => "below",
        ComparisonOperator::GreaterThanUpperThreshold => "above",
    }
}

/// `31/01/26 10:20:00`, for a count of seconds since the epoch.
#[must_use]
pub fn short(seconds: i64) -> String {
    let iso = Timestamp::from_seconds(seconds).iso8601();
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default();
    format!("{}/{}/{} {}", part(8, 10), part(5, 7), part(2, 4), part(11, 19))
}

/// `2026-01-31T10:20:30.123+0000`.
#[must_use]
pub fn long(at: Timestamp) -> String {
    let iso = at.iso8601();
    format!("{}.{:03}+0000", iso.trim_end_matches('Z'), at.millis().rem_euclid(1_000))
}

/// `US East (N. Virginia)`; the code itself for a region of the operator's own.
#[must_use]
pub fn region(code: &str) -> &str {
    match code {
        "us-east-1" => "US East (N. Virginia)",
        "us-east-2" => "US East (Ohio)",
        "us-west-1" => "US West (N. California)",
        "us-west-2" => "US West (Oregon)",
        "af-south-1" => "Africa (Cape Town)",
        "ap-east-1" => "Asia Pacific (Hong Kong)",
        "ap-south-1" => "Asia Pacific (Mumbai)",
        "ap-south-2" => "Asia Pacific (Hyderabad)",
        "ap-southeast-1" => "Asia Pacific (Singapore)",
        "ap-southeast-2" => "Asia Pacific (Sydney)",
        "ap-southeast-3" => "Asia Pacific (Jakarta)",
        "ap-southeast-4" => "Asia Pacific (Melbourne)",
        "ap-northeast-1" => "Asia Pacific (Tokyo)",
        "ap-northeast-2" => "Asia Pacific (Seoul)",
        "ap-northeast-3" => "Asia Pacific (Osaka)",
        "ca-central-1" => "Canada (Central)",
        "ca-west-1" => "Canada West (Calgary)",
        "eu-central-1" => "EU (Frankfurt)",
        "eu-central-2" => "Europe (Zurich)",
        "eu-west-1" => "EU (Ireland)",
        "eu-west-2" => "EU (London)",
        "eu-west-3" => "EU (Paris)",
        "eu-north-1" => "EU (Stockholm)",
        "eu-south-1" => "EU (Milan)",
        "eu-south-2" => "Europe (Spain)",
        "il-central-1" => "Israel (Tel Aviv)",
        "me-central-1" => "Middle East (UAE)",
        "me-south-1" => "Middle East (Bahrain)",
        "sa-east-1" => "South America (Sao Paulo)",
        other => other,
    }
}
