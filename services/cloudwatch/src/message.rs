//! What an alarm says to topics and functions: AWS's JSON.

use serde::Serialize;
use serde_json::{Value, json};

use crate::alarm::{Alarm, Figures, State, Threshold, Watched};
use crate::labels;
use crate::metric::Metric;
use crate::shapes::{MetricDataQuery, MetricStat};

/// `ALARM: "SecretAccessDenied" in US East (N. Virginia)`.
#[must_use]
pub fn subject(alarm: &Alarm) -> String {
    let state = alarm.state.value.text();
    let subject = format!("{state}: \"{}\" in {}", alarm.name, labels::region(&alarm.region));
    // The most that SNS takes.
    subject.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).take(100).collect()
}

/// What a topic is told of `alarm`, which was in the state `old`.
#[must_use]
pub fn message(old: &State, alarm: &Alarm) -> String {
    let message = Message {
        alarm_name: &alarm.name,
        alarm_description: alarm.description.as_deref(),
        account: &alarm.account,
        alarm_configuration_updated_timestamp: labels::long(alarm.configured),
        alarm_rule: match &alarm.watches {
            Watched::Alarms(composite) => Some(&composite.rule),
            Watched::Figures(_) => None,
        },
        new_state_value: alarm.state.value.text(),
        new_state_reason: &alarm.state.reason,
        state_change_time: labels::long(alarm.state.updated),
        region: labels::region(&alarm.region),
        alarm_arn: alarm.arn(),
        old_state_value: old.value.text(),
        ok_actions: &alarm.ok_actions,
        alarm_actions: &alarm.alarm_actions,
        insufficient_data_actions: &alarm.insufficient_data_actions,
        trigger: match &alarm.watches {
            Watched::Figures(threshold) => Some(trigger(threshold)),
            Watched::Alarms(_) => None,
        },
    };
    // Texts and numbers only.
    serde_json::to_string(&message).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message<'a> {
    alarm_name: &'a str,
    alarm_description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_rule: Option<&'a String>,
    #[serde(rename = "AWSAccountId")]
    account: &'a str,
    alarm_configuration_updated_timestamp: String,
    new_state_value: &'a str,
    new_state_reason: &'a str,
    state_change_time: String,
    region: &'a str,
    alarm_arn: String,
    old_state_value: &'a str,
    #[serde(rename = "OKActions")]
    ok_actions: &'a [String],
    alarm_actions: &'a [String],
    insufficient_data_actions: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<Trigger<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger<'a> {
    #[serde(flatten)]
    metric: Option<TriggerMetric<'a>>,
    period: i64,
    evaluation_periods: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<i32>,
    comparison_operator: crate::shapes::ComparisonOperator,
    threshold: f64,
    treat_missing_data: &'a str,
    evaluate_low_sample_count_percentile: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<Vec<Value>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggerMetric<'a> {
    metric_name: &'a str,
    namespace: &'a str,
    statistic_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_statistic: Option<&'a str>,
    unit: Option<&'static str>,
    dimensions: Vec<Value>,
}

fn trigger(threshold: &Threshold) -> Trigger<'_> {
    let (metric, metrics) = match &threshold.figures {
        Figures::Metric { metric, statistic, extended, unit, .. } => {
            let metric = TriggerMetric {
                metric_name: &metric.name,
                namespace: &metric.namespace,
                statistic_type: if statistic.is_some() { "Statistic" } else { "ExtendedStatistic" },
                statistic: statistic.map(shouted),
                extended_statistic: extended.as_deref(),
                unit: unit.map(|unit| unit.text()),
                dimensions: dimensions(metric),
            };
            (Some(metric), None)
        }
        Figures::Queries(queries) => (None, Some(queries.iter().map(query).collect())),
    };
    Trigger {
        metric,
        period: threshold.period(),
        evaluation_periods: threshold.evaluation_periods,
        datapoints_to_alarm: threshold.datapoints_to_alarm,
        comparison_operator: threshold.comparison,
        threshold: threshold.threshold,
        treat_missing_data: threshold.treat_missing_data.as_deref().unwrap_or_default(),
        evaluate_low_sample_count_percentile: threshold
            .low_sample_count
            .as_deref()
            .unwrap_or_default(),
        metrics,
    }
}

/// `SAMPLE_COUNT`, `SUM`.
fn shouted(statistic: crate::shapes::Statistic) -> String {
    match statistic {
        crate::shapes::Statistic::SampleCount => "SAMPLE_COUNT".to_owned(),
        other => other.text().to_ascii_uppercase(),
    }
}

fn dimensions(metric: &Metric) -> Vec<Value> {
    let dimension = |(name, value): &(String, String)| json!({"value": value, "name": name});
    metric.dimensions.iter().map(dimension).collect()
}

fn query(query: &MetricDataQuery) -> Value {
    let mut told = json!({
        "Id": query.id.0,
        "ReturnData": query.return_data.unwrap_or(true),
    });
    if let Some(expression) = &query.expression {
        told["Expression"] = expression.as_str().into();
    }
    if let Some(label) = &query.label {
        told["Label"] = label.as_str().into();
    }
    if let Some(stat) = &query.metric_stat {
        let metric = Metric::of_reference(&stat.metric).ok();
        told["MetricStat"] = json!({
            "Metric": {
                "Dimensions": metric.as_ref().map(dimensions).unwrap_or_default(),
                "MetricName": metric.as_ref().map(|metric| &metric.name),
                "Namespace": metric.as_ref().map(|metric| &metric.namespace),
            },
            "Period": stat.period.0,
            "Stat": stat.stat,
        });
    }
    told
}

/// What a function is told.
#[must_use]
pub fn event(old: &State, alarm: &Alarm) -> String {
    let mut configuration = json!({"description": alarm.description});
    match &alarm.watches {
        Watched::Figures(threshold) => {
            configuration["metrics"] = metrics(&threshold.figures).into()
        }
        Watched::Alarms(composite) => configuration["alarmRule"] = composite.rule.as_str().into(),
    }
    json!({
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn(),
        "accountId": alarm.account,
        "time": labels::long(alarm.state.updated),
        "region": alarm.region,
        "alarmData": {
            "alarmName": alarm.name,
            "state": state(&alarm.state),
            "previousState": state(old),
            "configuration": configuration,
        },
    })
    .to_string()
}

fn state(state: &State) -> Value {
    let mut told = json!({
        "value": state.value.text(),
        "reason": state.reason,
        "timestamp": labels::long(state.updated),
    });
    if let Some(data) = &state.reason_data {
        told["reasonData"] = data.as_str().into();
    }
    told
}

fn metrics(figures: &Figures) -> Vec<Value> {
    match figures {
        Figures::Metric { metric, statistic, extended, period, unit } => {
            let stat = statistic.map(|statistic| statistic.text().to_owned());
            let mut metric_stat = json!({
                "metric": event_metric(metric),
                "period": period,
                "stat": stat.or_else(|| extended.clone()),
            });
            if let Some(unit) = unit {
                metric_stat["unit"] = unit.text().into();
            }
            vec![json!({"id": "m1", "metricStat": metric_stat, "returnData": true})]
        }
        Figures::Queries(queries) => queries.iter().map(event_query).collect(),
    }
}

fn event_query(query: &MetricDataQuery) -> Value {
    let returned = query.return_data.unwrap_or(true);
    match (&query.metric_stat, &query.expression) {
        (Some(MetricStat { metric, period, stat, .. }), _) => json!({
            "id": query.id.0,
            "metricStat": {
                "metric": Metric::of_reference(metric).ok().as_ref().map(event_metric),
                "period": period.0,
                "stat": stat,
            },
            "returnData": returned,
        }),
        (None, expression) => {
            json!({"id": query.id.0, "expression": expression, "returnData": returned})
        }
    }
}

fn event_metric(metric: &Metric) -> Value {
    let dimensions: serde_json::Map<_, _> = metric
        .dimensions
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    json!({"namespace": metric.namespace, "name": metric.name, "dimensions": dimensions})
}
