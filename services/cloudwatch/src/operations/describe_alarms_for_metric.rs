//! DescribeAlarmsForMetric: lists the alarms over one metric.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Direction;

use crate::alarm::{Alarm, Figures, Watched};
use crate::alarm_view::MetricAlarm;
use crate::find::{Alarms, home};
use crate::metric::Metric;
use crate::shapes::{Dimensions, MetricName, Namespace, Period, Statistic};
use crate::unit::Unit;
use crate::{Call, Cloudwatch, error};

/// DescribeAlarmsForMetric.
pub struct DescribeAlarmsForMetric;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The metric,
    pub metric_name: MetricName,
    /// its namespace
    pub namespace: Namespace,
    /// and its dimensions.
    pub dimensions: Option<Dimensions>,
    /// Only alarms over this statistic,
    pub statistic: Option<Statistic>,
    /// over this one,
    pub extended_statistic: Option<String>,
    /// over this period
    pub period: Option<Period>,
    /// and in this unit.
    pub unit: Option<Unit>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The alarms.
    pub metric_alarms: Vec<MetricAlarm>,
}

const PAGE: usize = 200;

impl Operation for DescribeAlarmsForMetric {
    const NAME: &'static str = "DescribeAlarmsForMetric";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"Namespace": "AWS/SecretsManager", "MetricName": "CallCount"}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Alarms;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Alarms> {
        Ok(Alarms::of(call))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Alarms>) -> Result<Output> {
        let metric =
            Metric::of(&input.namespace.0, &input.metric_name.0, input.dimensions.as_ref())?;
        let range = home(call).alarms("");
        let mut rest = range.clone();
        let mut output = Output { metric_alarms: Vec::new() };
        loop {
            let found = call.service.records.scan::<Alarm>(rest, Direction::Forward, PAGE);
            let found = found.await.map_err(error::of_record)?;
            for alarm in &found.records {
                if let Watched::Figures(watched) = &alarm.watches
                    && is_over(&watched.figures, &metric, input)
                {
                    output.metric_alarms.push(MetricAlarm::of(alarm, watched));
                }
            }
            match found.records.last() {
                Some(last) if found.more => rest = range.after(&last.key),
                _ => return Ok(output),
            }
        }
    }
}

fn is_over(figures: &Figures, wanted: &Metric, input: &Input) -> bool {
    match figures {
        Figures::Metric { metric, statistic, extended, period, unit } => {
            metric == wanted
                && input.statistic.is_none_or(|asked| *statistic == Some(asked))
                && input
                    .extended_statistic
                    .as_ref()
                    .is_none_or(|asked| extended.as_ref().is_some_and(|stat| stat == asked))
                && input.period.is_none_or(|asked| *period == asked.0)
                && input.unit.is_none_or(|asked| *unit == Some(asked))
        }
        Figures::Queries(queries) => queries.iter().any(|query| {
            let metric = query.metric_stat.as_ref().map(|stat| Metric::of_reference(&stat.metric));
            matches!(metric, Some(Ok(metric)) if metric == *wanted)
        }),
    }
}
