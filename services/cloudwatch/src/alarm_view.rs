//! Alarms as clients see them.

use strongroom_api::{Reply, Timestamp};

use crate::alarm::{Alarm, Composite, Figures, Threshold};
use crate::metric::Metric;
use crate::shapes::{ComparisonOperator, MetricDataQuery, StateValue, Statistic};
use crate::unit::Unit;

/// A dimension.
#[derive(Debug, Reply)]
pub struct DimensionView {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A metric.
#[derive(Debug, Reply)]
pub struct MetricView {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub metric_name: String,
    /// Its dimensions.
    pub dimensions: Vec<DimensionView>,
}

/// An alarm over figures.
#[derive(Debug, Reply)]
#[allow(missing_docs)]
pub struct MetricAlarm {
    pub alarm_name: String,
    pub alarm_arn: String,
    pub alarm_description: Option<String>,
    pub alarm_configuration_updated_timestamp: Timestamp,
    pub actions_enabled: bool,
    #[shape(name = "OKActions")]
    pub ok_actions: Vec<String>,
    pub alarm_actions: Vec<String>,
    pub insufficient_data_actions: Vec<String>,
    pub state_value: StateValue,
    pub state_reason: String,
    pub state_reason_data: Option<String>,
    pub state_updated_timestamp: Timestamp,
    pub metric_name: Option<String>,
    pub namespace: Option<String>,
    pub statistic: Option<Statistic>,
    pub extended_statistic: Option<String>,
    pub dimensions: Vec<DimensionView>,
    pub period: Option<i32>,
    pub unit: Option<Unit>,
    pub evaluation_periods: i32,
    pub datapoints_to_alarm: Option<i32>,
    pub threshold: f64,
    pub comparison_operator: ComparisonOperator,
    pub treat_missing_data: Option<String>,
    pub evaluate_low_sample_count_percentile: Option<String>,
    pub metrics: Option<Vec<MetricDataQuery>>,
    pub state_transitioned_timestamp: Timestamp,
}

/// An alarm over other alarms.
#[derive(Debug, Reply)]
#[allow(missing_docs)]
pub struct CompositeAlarm {
    pub actions_enabled: bool,
    pub alarm_actions: Vec<String>,
    pub alarm_arn: String,
    pub alarm_configuration_updated_timestamp: Timestamp,
    pub alarm_description: Option<String>,
    pub alarm_name: String,
    pub alarm_rule: String,
    pub insufficient_data_actions: Vec<String>,
    #[shape(name = "OKActions")]
    pub ok_actions: Vec<String>,
    pub state_reason: String,
    pub state_reason_data: Option<String>,
    pub state_updated_timestamp: Timestamp,
    pub state_value: StateValue,
    pub state_transitioned_timestamp: Timestamp,
    pub actions_suppressor: Option<String>,
    pub actions_suppressor_wait_period: Option<i32>,
    pub actions_suppressor_extension_period: Option<i32>,
}

impl MetricView {
    /// A metric as clients see it.
    #[must_use]
    pub fn of(metric: &Metric) -> Self {
        Self {
            namespace: metric.namespace.clone(),
            metric_name: metric.name.clone(),
            dimensions: dimensions(metric),
        }
    }
}

fn dimensions(metric: &Metric) -> Vec<DimensionView> {
    let view = |(name, value): &(String, String)| DimensionView {
        name: name.clone(),
        value: value.clone(),
    };
    metric.dimensions.iter().map(view).collect()
}

impl MetricAlarm {
    /// An alarm over figures as clients see it.
    #[must_use]
    pub fn of(alarm: &Alarm, watched: &Threshold) -> Self {
        let mut view = Self {
            alarm_name: alarm.name.clone(),
            alarm_arn: alarm.arn(),
            alarm_description: alarm.description.clone(),
            alarm_configuration_updated_timestamp: alarm.configured,
            actions_enabled: alarm.actions_enabled,
            ok_actions: alarm.ok_actions.clone(),
            alarm_actions: alarm.alarm_actions.clone(),
            insufficient_data_actions: alarm.insufficient_data_actions.clone(),
            state_value: alarm.state.value,
            state_reason: alarm.state.reason.clone(),
            state_reason_data: alarm.state.reason_data.clone(),
            state_updated_timestamp: alarm.state.updated,
            metric_name: None,
            namespace: None,
            statistic: None,
            extended_statistic: None,
            dimensions: Vec::new(),
            period: None,
            unit: None,
            evaluation_periods: watched.evaluation_periods,
            datapoints_to_alarm: watched.datapoints_to_alarm,
            threshold: watched.threshold,
            comparison_operator: watched.comparison,
            treat_missing_data: watched.treat_missing_data.clone(),
            evaluate_low_sample_count_percentile: watched.low_sample_count.clone(),
            metrics: None,
            state_transitioned_timestamp: alarm.state.transitioned,
        };
        match &watched.figures {
            Figures::Queries(queries) => view.metrics = Some(queries.clone()),
            Figures::Metric { metric, statistic, extended, period, unit } => {
                view.metric_name = Some(metric.name.clone());
                view.namespace = Some(metric.namespace.clone());
                view.dimensions = dimensions(metric);
                view.statistic = *statistic;
                view.extended_statistic = extended.clone();
                view.period = Some(*period);
                view.unit = *unit;
            }
        }
        view
    }
}

impl CompositeAlarm {
    /// An alarm over other alarms as clients see it.
    #[must_use]
    pub fn of(alarm: &Alarm, watched: &Composite) -> Self {
        Self {
            actions_enabled: alarm.actions_enabled,
            alarm_actions: alarm.alarm_actions.clone(),
            alarm_arn: alarm.arn(),
            alarm_configuration_updated_timestamp: alarm.configured,
            alarm_description: alarm.description.clone(),
            alarm_name: alarm.name.clone(),
            alarm_rule: watched.rule.clone(),
            insufficient_data_actions: alarm.insufficient_data_actions.clone(),
            ok_actions: alarm.ok_actions.clone(),
            state_reason: alarm.state.reason.clone(),
            state_reason_data: alarm.state.reason_data.clone(),
            state_updated_timestamp: alarm.state.updated,
            state_value: alarm.state.value,
            state_transitioned_timestamp: alarm.state.transitioned,
            actions_suppressor: watched.suppressor.clone(),
            actions_suppressor_wait_period: watched.wait_seconds,
            actions_suppressor_extension_period: watched.extension_seconds,
        }
    }
}
