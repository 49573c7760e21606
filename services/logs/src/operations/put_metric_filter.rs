//! PutMetricFilter: makes a metric filter, or changes it.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::group::Group;
use crate::metric_filter::{Compiled, MOST, MOST_REGULAR, MetricFilter};
use crate::name::GroupName;
use crate::pattern::Pattern;
use crate::shapes::{FilterName, FilterPattern};
use crate::target::FoundGroup;
use crate::transformation::MetricTransformation;
use crate::{Call, Logs, error, paths};

/// PutMetricFilter.
pub struct PutMetricFilter;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// The filter's name.
    pub filter_name: FilterName,
    /// Which events it means.
    pub filter_pattern: FilterPattern,
    /// What it makes of them.
    #[shape(length = 1..=1)]
    pub metric_transformations: Vec<MetricTransformation>,
    /// Whether it reads events that were transformed; there are none.
    pub apply_on_transformed_logs: Option<bool>,
    /// Which accounts and regions it is about; not supported.
    #[shape(length = 0..=2000)]
    pub field_selection_criteria: Option<String>,
    /// Dimensions of the system's; not supported.
    pub emit_system_field_dimensions: Option<Vec<String>>,
}

impl Operation for PutMetricFilter {
    const NAME: &'static str = "PutMetricFilter";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "filterName": "errors", "filterPattern": "ERROR", "metricTransformations": [{"metricName": "Errors", "metricNamespace": "App", "metricValue": "1"}]}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        if input.field_selection_criteria.is_some() || input.emit_system_field_dimensions.is_some()
        {
            return Err(error::not_supported("Selection by system fields"));
        }
        let Some(sent) = input.metric_transformations.first() else { return Ok(()) };
        let (pattern, name) = (input.filter_pattern.0.clone(), input.filter_name.0.clone());
        let transformation = sent.stored();
        let compiled = Compiled::new(&pattern, &transformation)?;
        let filters = call.service.metric_filters(&found).await?;
        let old = filters.iter().find(|filter| filter.name == name);
        let is_regular = |filter: &MetricFilter| {
            Pattern::parse(&filter.pattern).is_ok_and(|pattern| pattern.regular_expressions() > 0)
        };
        let others = filters.iter().filter(|filter| filter.name != name);
        let too_regular = compiled.regular_expressions() > 0
            && others.filter(|filter| is_regular(filter)).count() >= MOST_REGULAR;
        if too_regular || old.is_none() && filters.len() >= MOST {
            return Err(error::limit_exceeded());
        }
        let created = old.map_or(call.now.millis(), |old| old.created);
        let group_name = found.name.clone();
        let filter = MetricFilter { name, group: group_name, pattern, transformation, created };
        let added = u32::from(old.is_none());
        let group = Group { metric_filters: found.metric_filters + added, ..found.value.clone() };
        let mut changes = call.service.records.changes();
        let key = paths::metric_filters(&group.account, &group.region, &group.name) + &filter.name;
        match old {
            Some(old) => changes.replace(old, &filter),
            None => changes.create(&key, &filter),
        }
        .map_err(error::storage)?;
        // The group changes with its filters, so that whoever has them compiled compiles them anew.
        changes.replace(&found, &group).map_err(error::storage)?;
        call.service.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}
