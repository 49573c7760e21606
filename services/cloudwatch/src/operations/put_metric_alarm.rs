//! PutMetricAlarm: creates or changes an alarm over a metric or over an expression.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Values};

use crate::alarm::{Figures, Threshold, Watched};
use crate::configure::Configured;
use crate::evaluation::Missing;
use crate::find::Place;
use crate::metric::Metric;
use crate::queries::{Plan, is_period, unknown_stat};
use crate::shapes::{
    Actions, AlarmDescription, AlarmName, ComparisonOperator, Dimensions, MetricDataQuery,
    MetricId, MetricName, Namespace, NotOffered, Period, Periods, Statistic, Tag, Word,
    tag_condition,
};
use crate::statistic::Stat;
use crate::unit::Unit;
use crate::{Call, Cloudwatch, error};

/// PutMetricAlarm.
pub struct PutMetricAlarm;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name.
    pub alarm_name: AlarmName,
    /// What it is for.
    pub alarm_description: Option<AlarmDescription>,
    /// Whether it acts; it does if absent.
    pub actions_enabled: Option<bool>,
    /// What it does when it becomes OK.
    #[shape(name = "OKActions")]
    pub ok_actions: Option<Actions>,
    /// What it does when it goes off.
    pub alarm_actions: Option<Actions>,
    /// What it does when data are missing.
    pub insufficient_data_actions: Option<Actions>,
    /// The metric,
    pub metric_name: Option<MetricName>,
    /// its namespace,
    pub namespace: Option<Namespace>,
    /// a plain statistic of it,
    pub statistic: Option<Statistic>,
    /// or a percentile or the like,
    pub extended_statistic: Option<String>,
    /// its dimensions,
    pub dimensions: Option<Dimensions>,
    /// the period in seconds,
    pub period: Option<Period>,
    /// and the unit, if several are mixed.
    pub unit: Option<Unit>,
    /// How many periods are looked at; 1 if absent.
    pub evaluation_periods: Option<Periods>,
    /// How many of them must breach; all if absent.
    pub datapoints_to_alarm: Option<Periods>,
    /// The threshold.
    pub threshold: Option<f64>,
    /// How figures are held against it.
    pub comparison_operator: Option<ComparisonOperator>,
    /// What missing data mean.
    pub treat_missing_data: Option<Word>,
    /// Whether percentiles of few samples count.
    pub evaluate_low_sample_count_percentile: Option<Word>,
    /// Queries of which one is returned, instead of a metric.
    pub metrics: Option<Vec<MetricDataQuery>>,
    /// Tags, if the alarm is new.
    pub tags: Option<Vec<Tag>>,
    /// The band of an anomaly detector.
    pub threshold_metric_id: Option<MetricId>,
    /// A PromQL query.
    pub evaluation_criteria: Option<NotOffered>,
    /// How often a PromQL query is evaluated.
    #[shape(range = 10..=3600)]
    pub evaluation_interval: Option<i32>,
    /// How periods are cut.
    pub evaluation_window: Option<NotOffered>,
    /// When evaluation begins.
    pub warm_up_configuration: Option<NotOffered>,
    /// What actions are told.
    pub action_configuration: Option<NotOffered>,
}

impl Operation for PutMetricAlarm {
    const NAME: &'static str = "PutMetricAlarm";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AlarmName": "SecretAccessDenied", "Namespace": "AWS/SecretsManager", "MetricName": "CallCount", "Dimensions": [{"Name": "Operation", "Value": "GetSecretValue"}, {"Name": "ErrorCode", "Value": "AccessDeniedException"}], "Statistic": "Sum", "Period": 300, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:security-alerts"]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Place;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Place> {
        Place::of(call, &input.alarm_name.0).await
    }

    fn demands<'t>(input: &'t Input, target: &'t Place) -> Demands<'t> {
        let tagging = input.tags.as_ref().filter(|tags| !tags.is_empty());
        let tagging = tagging.map(|_| Demand::of("cloudwatch:TagResource", target));
        std::iter::once(Demand::own::<Self>(target)).chain(tagging).collect()
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Place>, key: &str) -> Option<Values<'v>> {
        if key == "cloudwatch:alarmactions" {
            let lists = [&input.ok_actions, &input.alarm_actions, &input.insufficient_data_actions];
            let actions = lists.into_iter().flatten().flat_map(|actions| &actions.0);
            return Some(Values::Many(actions.map(|action| action.0.as_str().into()).collect()));
        }
        tag_condition(input.tags.as_ref(), key)
    }

    async fn run(call: &Call<'_>, input: &Input, place: Authorized<Place>) -> Result<()> {
        refuse_what_is_not_offered(input)?;
        let threshold = threshold(input, call.caller.account())?;
        let configured = Configured {
            name: &input.alarm_name.0,
            description: input.alarm_description.as_ref().map(|text| text.0.as_str()),
            actions_enabled: input.actions_enabled,
            ok_actions: input.ok_actions.as_ref(),
            alarm_actions: input.alarm_actions.as_ref(),
            insufficient_data_actions: input.insufficient_data_actions.as_ref(),
            tags: input.tags.as_ref(),
            watches: Watched::Figures(threshold),
        };
        configured.write(call, &place).await
    }
}

fn refuse_what_is_not_offered(input: &Input) -> Result<()> {
    let band = matches!(
        input.comparison_operator,
        Some(
            ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold
                | ComparisonOperator::LessThanLowerThreshold
                | ComparisonOperator::GreaterThanUpperThreshold
        )
    );
    for (is_asked, what) in [
        (band || input.threshold_metric_id.is_some(), "Anomaly detection"),
        (input.evaluation_criteria.is_some(), "EvaluationCriteria"),
        (input.evaluation_interval.is_some(), "EvaluationInterval"),
        (input.evaluation_window.is_some(), "EvaluationWindow"),
        (input.warm_up_configuration.is_some(), "WarmUpConfiguration"),
        (input.action_configuration.is_some(), "ActionConfiguration"),
    ] {
        if is_asked {
            return Err(error::not_offered(what));
        }
    }
    Ok(())
}

fn threshold(input: &Input, account: &str) -> Result<Threshold> {
    let comparison = input.comparison_operator.ok_or_else(|| missing("ComparisonOperator"))?;
    let limit = input.threshold.ok_or_else(|| missing("Threshold"))?;
    if !limit.is_finite() {
        return Err(error::validation(format!("The threshold {limit:?} is not a finite number")));
    }
    let word = |word: &Option<Word>| word.as_ref().map(|word| word.0.clone());
    let treat_missing_data = word(&input.treat_missing_data);
    if Missing::parse(treat_missing_data.as_deref()).is_none() {
        return Err(no_such_word(
            treat_missing_data.as_deref(),
            "treatMissingData",
            "[breaching, notBreaching, ignore, missing]",
        ));
    }
    let low_sample_count = word(&input.evaluate_low_sample_count_percentile);
    if !matches!(low_sample_count.as_deref(), None | Some("evaluate" | "ignore")) {
        return Err(no_such_word(
            low_sample_count.as_deref(),
            "evaluateLowSampleCountPercentile",
            "[evaluate, ignore]",
        ));
    }
    let threshold = Threshold {
        figures: figures(input, account)?,
        // The tutorials of the world leave it out, and AWS's model lets them.
        evaluation_periods: input.evaluation_periods.map_or(1, |periods| periods.0),
        datapoints_to_alarm: input.datapoints_to_alarm.map(|datapoints| datapoints.0),
        threshold: limit,
        comparison,
        treat_missing_data,
        low_sample_count,
    };
    check_times(&threshold)?;
    Ok(threshold)
}

fn check_times(threshold: &Threshold) -> Result<()> {
    let periods = i64::from(threshold.evaluation_periods);
    if i64::from(threshold.datapoints()) > periods {
        return Err(error::validation(
            "The value of DatapointsToAlarm must be less than or equal to the value of \
             EvaluationPeriods",
        ));
    }
    let period = threshold.period();
    let (most, words) = match period {
        ..3_600 => (86_400, "a day"),
        _ => (604_800, "seven days"),
    };
    if period.saturating_mul(periods) > most {
        return Err(error::validation(format!(
            "Metrics cannot be checked across more than {words} (EvaluationPeriods * Period must be <= \
             {most})."
        )));
    }
    Ok(())
}

fn figures(input: &Input, account: &str) -> Result<Figures> {
    let alone = input.metric_name.is_some()
        || input.namespace.is_some()
        || input.statistic.is_some()
        || input.extended_statistic.is_some()
        || input.period.is_some()
        || input.dimensions.is_some()
        || input.unit.is_some();
    if let Some(queries) = &input.metrics {
        if alone {
            return Err(error::combination(
                "The parameters MetricName, Namespace, Dimensions, Period, Unit, Statistic and \
                 ExtendedStatistic cannot be given together with Metrics.",
            ));
        }
        return queried(queries, account);
    }
    let name = input.metric_name.as_ref().ok_or_else(|| missing("MetricName"))?;
    let namespace = input.namespace.as_ref().ok_or_else(|| missing("Namespace"))?;
    let period = input.period.ok_or_else(|| missing("Period"))?.0;
    if !matches!(period, 10 | 20 | 30) && period % 60 != 0 {
        return Err(error::validation("Period must be 10, 20, 30 or a multiple of 60"));
    }
    match (input.statistic, &input.extended_statistic) {
        (Some(_), Some(_)) => {
            return Err(error::combination(
                "The parameters Statistic and ExtendedStatistic are mutually exclusive and you have \
                 specified both.",
            ));
        }
        (None, None) => return Err(missing("Statistic")),
        (Some(_), None) => {}
        (None, Some(text)) => match Stat::parse(text) {
            Some(stat) if !matches!(stat, Stat::Plain(_)) => {}
            _ => return Err(unknown_stat(text)),
        },
    }
    Ok(Figures::Metric {
        metric: Metric::of(&namespace.0, &name.0, input.dimensions.as_ref())?,
        statistic: input.statistic,
        extended: input.extended_statistic.clone(),
        period,
        unit: input.unit,
    })
}

fn queried(queries: &[MetricDataQuery], account: &str) -> Result<Figures> {
    const MOST_QUERIES: usize = 20;
    if queries.len() > MOST_QUERIES {
        return Err(error::validation(format!(
            "The collection Metrics must not have a size greater than {MOST_QUERIES}."
        )));
    }
    let plan = Plan::of(queries, account)?;
    if plan.returned() != 1 {
        return Err(error::validation(
            "Exactly one element of the metrics list should return data.",
        ));
    }
    let wrong = queries.iter().any(|query| {
        query.period.is_some_and(|period| !is_period(period.0))
            || query.expression.as_ref().is_some_and(|text| text.contains("SEARCH("))
    });
    if wrong {
        return Err(error::validation(
            "An alarm needs periods of 10, 20, 30 or a multiple of 60 seconds, and cannot search",
        ));
    }
    Ok(Figures::Queries(queries.to_vec()))
}

fn missing(parameter: &str) -> strongroom_api::Error {
    error::validation(format!("The parameter {parameter} is required."))
}

fn no_such_word(word: Option<&str>, member: &str, words: &str) -> strongroom_api::Error {
    error::validation(format!(
        "1 validation error detected: Value '{}' at '{member}' failed to satisfy constraint: Member \
         must satisfy enum value set: {words}",
        word.unwrap_or_default()
    ))
}
