//! The shapes that several operations share, with the constraints of AWS's model.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use strongroom_api::{Result, Shape, Values};

use crate::error;

/// The name of an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Shape)]
#[shape(length = 1..=255)]
pub struct AlarmName(pub String);

/// Names of alarms.
#[derive(Clone, Debug, Deserialize, Shape)]
#[shape(length = 0..=100)]
pub struct AlarmNames(pub Vec<AlarmName>);

/// What an alarm is for, in words.
#[derive(Clone, Debug, Deserialize, Shape)]
#[shape(length = 0..=1024)]
pub struct AlarmDescription(pub String);

/// The ARN of an alarm.
#[derive(Clone, Debug, Deserialize, Shape)]
#[shape(length = 1..=1600)]
pub struct AlarmArn(pub String);

/// What an alarm does in a state: ARNs.
#[derive(Clone, Debug, Default, Deserialize, Shape)]
#[shape(length = 0..=5)]
pub struct Actions(pub Vec<ResourceName>);

/// The ARN of an action.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Shape)]
#[shape(length = 1..=1024)]
pub struct ResourceName(pub String);

/// The name of a metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Shape)]
#[shape(length = 1..=255)]
pub struct MetricName(pub String);

/// The namespace of metrics.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Shape)]
#[shape(length = 1..=255, pattern = "[^:].*")]
pub struct Namespace(pub String);

/// Dimensions.
#[derive(Clone, Debug, Default, Deserialize, Shape)]
#[shape(length = 0..=30)]
pub struct Dimensions(pub Vec<Dimension>);

/// A dimension: part of what makes a metric that metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Shape)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    /// Its name.
    pub name: DimensionName,
    /// Its value.
    #[shape(length = 1..=1024)]
    pub value: String,
}

/// The name of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Shape)]
#[shape(length = 1..=255)]
pub struct DimensionName(pub String);

/// A period in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Shape)]
#[shape(range = 1..)]
pub struct Period(pub i32);

/// A count of periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Shape)]
#[shape(range = 1..)]
pub struct Periods(pub i32);

/// A short word that the model does not list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Shape)]
#[shape(length = 1..=255)]
pub struct Word(pub String);

/// One of the five plain statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Shape)]
#[allow(missing_docs)]
pub enum Statistic {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
}

impl Statistic {
    /// Its name in the model.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::SampleCount => "SampleCount",
            Self::Average => "Average",
            Self::Sum => "Sum",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
        }
    }
}

/// How a datapoint is held against the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Shape)]
#[allow(missing_docs, clippy::enum_variant_names)]
pub enum ComparisonOperator {
    GreaterThanOrEqualToThreshold,
    GreaterThanThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
    LessThanLowerOrGreaterThanUpperThreshold,
    LessThanLowerThreshold,
    GreaterThanUpperThreshold,
}

/// The state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Shape)]
#[allow(missing_docs)]
pub enum StateValue {
    #[shape(name = "OK")]
    #[serde(rename = "OK")]
    Ok,
    #[shape(name = "ALARM")]
    #[serde(rename = "ALARM")]
    Alarm,
    #[shape(name = "INSUFFICIENT_DATA")]
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl StateValue {
    /// Its name in the model.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// Why an alarm is in its state.
#[derive(Clone, Debug, Deserialize, Shape)]
#[shape(length = 0..=1023)]
pub struct StateReason(pub String);

/// A kind of alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Shape)]
#[allow(missing_docs, clippy::enum_variant_names)]
pub enum AlarmType {
    CompositeAlarm,
    MetricAlarm,
    LogAlarm,
}

/// The order of a list by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Shape)]
#[allow(missing_docs)]
pub enum ScanBy {
    TimestampDescending,
    TimestampAscending,
}

/// How many entries a page of alarms or their history may have.
#[derive(Clone, Copy, Debug, Deserialize, Shape)]
#[shape(range = 1..=100)]
pub struct MaxRecords(pub i32);

/// What a query of GetMetricData or of an alarm asks for.
#[derive(Clone, Debug, Deserialize, Shape)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDataQuery {
    /// Its name, by which expressions refer to it.
    pub id: MetricId,
    /// A metric; either this or an expression.
    pub metric_stat: Option<MetricStat>,
    /// An expression over other queries.
    #[shape(length = 1..=2048)]
    pub expression: Option<String>,
    /// How the result is called.
    pub label: Option<String>,
    /// Whether the result is returned, or only used by expressions; true if absent.
    pub return_data: Option<bool>,
    /// The period of an expression's result.
    pub period: Option<Period>,
    /// The account of the metric; only the caller's own is offered.
    #[shape(length = 1..=255)]
    pub account_id: Option<String>,
}

/// The name of a query.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Shape)]
#[shape(length = 1..=255)]
pub struct MetricId(pub String);

/// A metric with a statistic over periods.
#[derive(Clone, Debug, Deserialize, Shape)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat {
    /// The metric.
    pub metric: MetricRef,
    /// The period in seconds.
    pub period: Period,
    /// The statistic.
    pub stat: String,
    /// Only data of this unit.
    pub unit: Option<crate::unit::Unit>,
}

/// Names a metric.
#[derive(Clone, Debug, Deserialize, Shape)]
#[serde(rename_all = "PascalCase")]
pub struct MetricRef {
    /// Its namespace.
    pub namespace: Option<Namespace>,
    /// Its name.
    pub metric_name: Option<MetricName>,
    /// Its dimensions.
    pub dimensions: Option<Dimensions>,
}

/// Something of AWS's that is not offered: whoever asks for it is told so.
#[derive(Clone, Debug, Deserialize, Shape)]
pub struct NotOffered {}

/// A tag.
#[derive(Clone, Debug, Deserialize, Shape)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Its name.
    pub key: TagKey,
    /// Its value.
    #[shape(length = 0..=256)]
    pub value: String,
}

/// The name of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Shape)]
#[shape(length = 1..=128)]
pub struct TagKey(pub String);

const MOST_TAGS: usize = 50;

/// Adds `tags` to `to`.
///
/// # Errors
/// Names that AWS keeps, or too many tags.
pub fn add_tags(to: &mut BTreeMap<String, String>, tags: &[Tag]) -> Result<()> {
    for tag in tags {
        let key = &tag.key.0;
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(error::invalid_value(
                "Tag keys can't begin with aws:, which is reserved for AWS use.",
            ));
        }
        to.insert(key.clone(), tag.value.clone());
    }
    if to.len() > MOST_TAGS { Err(error::too_many_tags()) } else { Ok(()) }
}

/// The values of `aws:RequestTag/<name>` and `aws:TagKeys`.
#[must_use]
pub fn tag_condition<'v>(tags: Option<&'v Vec<Tag>>, key: &str) -> Option<Values<'v>> {
    let tags = tags?;
    if key == "aws:tagkeys" {
        return tag_names(tags.iter().map(|tag| &tag.key));
    }
    let name = key.strip_prefix("aws:requesttag/")?;
    let tag = tags.iter().find(|tag| tag.key.0.eq_ignore_ascii_case(name))?;
    Some(Values::one(&tag.value))
}

/// The value of `aws:TagKeys`.
pub fn tag_names<'v>(keys: impl Iterator<Item = &'v TagKey>) -> Option<Values<'v>> {
    let names: Vec<_> = keys.map(|key| Cow::Borrowed(key.0.as_str())).collect();
    (!names.is_empty()).then_some(Values::Many(names))
}
