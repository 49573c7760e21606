//! GetMetricStatistics: tells statistics of one metric over periods.

use std::collections::BTreeMap;

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::cell::Cell;
use crate::find::home;
use crate::metric::Metric;
use crate::read::Wanted;
use crate::shapes::{Dimensions, MetricName, Namespace, Period, Statistic};
use crate::statistic::Stat;
use crate::unit::Unit;
use crate::{Call, Cloudwatch, error};

/// GetMetricStatistics.
pub struct GetMetricStatistics;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The namespace of the metric.
    pub namespace: Namespace,
    /// The metric.
    pub metric_name: MetricName,
    /// Its dimensions.
    pub dimensions: Option<Dimensions>,
    /// From when, included.
    pub start_time: Timestamp,
    /// Until when, excluded.
    pub end_time: Timestamp,
    /// The period in seconds.
    pub period: Period,
    /// Plain statistics.
    #[shape(length = 1..=5)]
    pub statistics: Option<Vec<Statistic>>,
    /// Percentiles and the like.
    #[shape(length = 1..=10)]
    pub extended_statistics: Option<Vec<String>>,
    /// Only samples of this unit.
    pub unit: Option<Unit>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The metric's name.
    pub label: String,
    /// The periods with samples.
    pub datapoints: Vec<Datapoint>,
}

/// A period with samples.
#[derive(Debug, Reply)]
#[allow(missing_docs)]
pub struct Datapoint {
    pub timestamp: Timestamp,
    pub sample_count: Option<f64>,
    pub average: Option<f64>,
    pub sum: Option<f64>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub unit: Unit,
    pub extended_statistics: Option<BTreeMap<String, f64>>,
}

/// AWS's bound.
const MOST_DATAPOINTS: i64 = 1_440;

impl Operation for GetMetricStatistics {
    const NAME: &'static str = "GetMetricStatistics";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Namespace": "AWS/SecretsManager", "MetricName": "CallCount", "Dimensions": [{"Name": "Operation", "Value": "GetSecretValue"}], "StartTime": 1769850000, "EndTime": 1769853600, "Period": 300, "Statistics": ["Sum"]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let extended = check(input)?;
        let metric =
            Metric::of(&input.namespace.0, &input.metric_name.0, input.dimensions.as_ref())?;
        let period = i64::from(input.period.0);
        let from = input.start_time.seconds();
        // Whatever comes last may be a part of a second.
        let to = input.end_time.millis().saturating_add(999).div_euclid(1_000);
        let wanted = Wanted {
            metric: &metric,
            from: from - from.rem_euclid(period),
            to,
            period,
            origin: 0,
            unit: input.unit,
        };
        let samples = call.service.samples(home(call), wanted).await.map_err(error::of_record)?;
        let datapoint = |((unit, at), cell): (&(Unit, i64), &Cell)| {
            datapoint(input, &extended, *at, *unit, cell)
        };
        Ok(Output {
            label: input.metric_name.0.clone(),
            datapoints: samples.iter().map(datapoint).collect(),
        })
    }
}

/// Checks what the model does not, and reads the extended statistics.
fn check(input: &Input) -> Result<Vec<(String, Stat)>> {
    let period = input.period.0;
    if !matches!(period, 1 | 5 | 10 | 20 | 30) && period % 60 != 0 {
        return Err(error::invalid_value(format!(
            "The parameter Period must be greater than 60 and a multiple of 60, or 1, 5, 10, 20 or \
             30; {period} is not."
        )));
    }
    if input.start_time >= input.end_time {
        return Err(error::combination(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    let requested = (input.end_time.seconds() - input.start_time.seconds()) / i64::from(period);
    if requested > MOST_DATAPOINTS {
        return Err(error::combination(format!(
            "You have requested up to {requested} datapoints, which exceeds the limit of \
             {MOST_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or \
             decreasing the time range."
        )));
    }
    match (&input.statistics, &input.extended_statistics) {
        (Some(_), Some(_)) => Err(error::combination(
            "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have \
             specified both.",
        )),
        (None, None) => Err(error::combination(
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        )),
        (Some(_), None) => Ok(Vec::new()),
        (None, Some(extended)) => extended
            .iter()
            .map(|text| match Stat::parse(text) {
                Some(stat) if !matches!(stat, Stat::Plain(_)) => Ok((text.clone(), stat)),
                _ => Err(error::invalid_value(format!(
                    "The value {text} for parameter ExtendedStatistics is not supported."
                ))),
            })
            .collect(),
    }
}

fn datapoint(
    input: &Input,
    extended: &[(String, Stat)],
    at: i64,
    unit: Unit,
    cell: &Cell,
) -> Datapoint {
    let plain = |statistic: Statistic| {
        let asked = input.statistics.iter().flatten().any(|one| *one == statistic);
        asked.then(|| Stat::Plain(statistic).of(cell)).flatten()
    };
    let told: BTreeMap<_, _> =
        extended.iter().filter_map(|(text, stat)| Some((text.clone(), stat.of(cell)?))).collect();
    Datapoint {
        timestamp: Timestamp::from_seconds(at),
        sample_count: plain(Statistic::SampleCount),
        average: plain(Statistic::Average),
        sum: plain(Statistic::Sum),
        minimum: plain(Statistic::Minimum),
        maximum: plain(Statistic::Maximum),
        unit,
        extended_statistics: (!told.is_empty()).then_some(told),
    }
}
