//! PutMetricData: adds samples to metrics, which exist from their first sample on.

use std::collections::BTreeMap;

use strongroom_api::{Account, Audit, Authorized, Operation, Result, Shape, Timestamp, Values};

use crate::cell::Cell;
use crate::datum::Datum;
use crate::metric::Metric;
use crate::shapes::{Dimensions, MetricName, Namespace};
use crate::unit::Unit;
use crate::{Call, Cloudwatch, error};

/// PutMetricData.
pub struct PutMetricData;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The namespace of the metrics.
    pub namespace: Namespace,
    /// The samples.
    pub metric_data: Option<Vec<MetricDatum>>,
    /// Samples that are said to belong to an entity. The entity is not kept.
    pub entity_metric_data: Option<Vec<EntityMetricData>>,
    /// Whether entities must be sound; they are not looked at.
    pub strict_entity_validation: Option<bool>,
}

/// Samples of a metric.
#[derive(Debug, Shape)]
pub struct MetricDatum {
    /// The metric.
    pub metric_name: MetricName,
    /// Its dimensions.
    pub dimensions: Option<Dimensions>,
    /// When they were taken; now if absent.
    pub timestamp: Option<Timestamp>,
    /// One sample.
    pub value: Option<f64>,
    /// Or figures of several.
    pub statistic_values: Option<StatisticSet>,
    /// Or several samples,
    pub values: Option<Vec<f64>>,
    /// and how often each was taken; once if absent.
    pub counts: Option<Vec<f64>>,
    /// Their unit; `None` if absent.
    pub unit: Option<Unit>,
    /// 1 to keep seconds apart, for three hours.
    #[shape(range = 1..)]
    pub storage_resolution: Option<i32>,
}

/// Figures of samples.
#[derive(Debug, Shape)]
pub struct StatisticSet {
    /// How many.
    pub sample_count: f64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub minimum: f64,
    /// The largest.
    pub maximum: f64,
}

/// Samples of an entity.
#[derive(Debug, Shape)]
pub struct EntityMetricData {
    /// The entity.
    pub entity: Option<Entity>,
    /// Its samples.
    pub metric_data: Option<Vec<MetricDatum>>,
}

/// An entity.
#[derive(Debug, Shape)]
pub struct Entity {
    /// What makes it that entity.
    pub key_attributes: Option<BTreeMap<String, String>>,
    /// What else is known of it.
    pub attributes: Option<BTreeMap<String, String>>,
}

/// AWS's bounds.
const MOST_DATA: usize = 1_000;
const MOST_VALUES: usize = 150;
const OLDEST_MILLIS: i64 = 14 * 86_400_000;
const NEWEST_MILLIS: i64 = 2 * 3_600_000;
/// AWS takes figures up to 2^360 only.
const LARGEST: f64 = 2.348_542_582_773_833_3e108;

impl Operation for PutMetricData {
    const NAME: &'static str = "PutMetricData";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Namespace": "Payments", "MetricData": [{"MetricName": "Orders", "Dimensions": [{"Name": "Shop", "Value": "Berlin"}], "Value": 3, "Unit": "Count"}]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Account;
    type Output = ();

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Account>, key: &str) -> Option<Values<'v>> {
        (key == "cloudwatch:namespace").then(|| Values::one(&input.namespace.0))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<()> {
        let namespace = &input.namespace.0;
        if namespace.starts_with("AWS/") {
            return Err(error::invalid_value(
                "The value AWS/ for parameter Namespace is invalid. Namespaces that begin with AWS/ \
                 are reserved.",
            ));
        }
        let of_entities = input.entity_metric_data.iter().flatten();
        let of_entities = of_entities.flat_map(|one| one.metric_data.iter().flatten());
        let sent: Vec<_> = input.metric_data.iter().flatten().chain(of_entities).collect();
        if sent.is_empty() {
            return Err(error::missing("MetricData"));
        }
        if sent.len() > MOST_DATA {
            return Err(error::validation(format!(
                "The collection MetricData must not have a size greater than {MOST_DATA}."
            )));
        }
        let mut data = Vec::with_capacity(sent.len());
        for (index, datum) in sent.into_iter().enumerate() {
            let at = format!("MetricData.member.{}", index + 1);
            data.push(read(namespace, datum, &at, call.now)?);
        }
        let account = call.caller.account();
        call.service.record(account, call.region, namespace, &data, call.now).await
    }
}

fn read(namespace: &str, sent: &MetricDatum, at: &str, now: Timestamp) -> Result<Datum> {
    let metric = Metric::of(namespace, &sent.metric_name.0, sent.dimensions.as_ref())?;
    if let Some(taken) = sent.timestamp {
        let age = now.millis().saturating_sub(taken.millis());
        if !(-NEWEST_MILLIS..=OLDEST_MILLIS).contains(&age) {
            return Err(error::invalid_value(format!(
                "The parameter {at}.Timestamp must specify a time no more than two weeks in the past \
                 and no more than two hours in the future."
            )));
        }
    }
    let resolution = sent.storage_resolution.unwrap_or(60);
    if resolution != 1 && resolution != 60 {
        return Err(error::invalid_value(format!(
            "The parameter {at}.StorageResolution must be 1 or 60."
        )));
    }
    let mut datum = Datum::of(&metric.name, samples(sent, at)?);
    datum.dimensions = metric.dimensions;
    datum.unit = sent.unit.unwrap_or(Unit::None);
    datum.at = sent.timestamp;
    datum.fine = resolution == 1;
    Ok(datum)
}

/// The samples, in whichever of the forms they were sent.
fn samples(sent: &MetricDatum, at: &str) -> Result<Cell> {
    let forms = [
        ("Value", sent.value.is_some()),
        ("Values", sent.values.is_some()),
        ("StatisticValues", sent.statistic_values.is_some()),
    ];
    let given: Vec<_> = forms.iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    if let [first, second, ..] = given[..] {
        return Err(error::combination(format!(
            "The parameters {at}.{first} and {at}.{second} are mutually exclusive and you have \
             specified both."
        )));
    }
    if let Some(value) = sent.value {
        return Ok(Cell::of(figure(value, at, "Value")?));
    }
    if let Some(set) = &sent.statistic_values {
        return summary(set, at);
    }
    let Some(values) = &sent.values else {
        return Err(error::missing(&format!("{at}.Value")));
    };
    several(values, sent.counts.as_deref(), at)
}

fn several(values: &[f64], counts: Option<&[f64]>, at: &str) -> Result<Cell> {
    if values.len() > MOST_VALUES {
        return Err(error::invalid_value(format!(
            "The collection {at}.Values must not have a size greater than {MOST_VALUES}."
        )));
    }
    if counts.is_some_and(|counts| counts.len() != values.len()) {
        return Err(error::invalid_value(format!(
            "The parameters {at}.Values and {at}.Counts must be of the same size."
        )));
    }
    let mut samples: Option<Cell> = None;
    for (index, value) in values.iter().enumerate() {
        let value = figure(*value, at, "Values")?;
        let count = counts.and_then(|counts| counts.get(index)).copied().unwrap_or(1.0);
        let count = figure(count, at, "Counts")?;
        if count < 0.0 {
            return Err(error::invalid_value(format!(
                "The parameter {at}.Counts must not be negative."
            )));
        }
        if count > 0.0 {
            let more = Cell::repeated(value, count);
            match &mut samples {
                Some(samples) => samples.add(&more),
                None => samples = Some(more),
            }
        }
    }
    samples.ok_or_else(|| error::missing(&format!("{at}.Values")))
}

fn summary(set: &StatisticSet, at: &str) -> Result<Cell> {
    let count = figure(set.sample_count, at, "StatisticValues.SampleCount")?;
    let sum = figure(set.sum, at, "StatisticValues.Sum")?;
    let minimum = figure(set.minimum, at, "StatisticValues.Minimum")?;
    let maximum = figure(set.maximum, at, "StatisticValues.Maximum")?;
    if count <= 0.0 {
        return Err(error::invalid_value(format!(
            "The value {count:?} for parameter {at}.StatisticValues.SampleCount must be greater than \
             0."
        )));
    }
    if minimum > maximum {
        return Err(error::invalid_value(format!(
            "The parameter {at}.StatisticValues.Maximum must be greater than \
             {at}.StatisticValues.Minimum."
        )));
    }
    Ok(Cell::summary(count, sum, minimum, maximum))
}

fn figure(value: f64, at: &str, parameter: &str) -> Result<f64> {
    if value.is_finite() && value.abs() <= LARGEST {
        return Ok(value);
    }
    // As AWS's protocols call it.
    let value = format!("{value:?}").replace("inf", "Infinity");
    Err(error::invalid_value(format!(
        "The value {value} for parameter {at}.{parameter} is invalid."
    )))
}
