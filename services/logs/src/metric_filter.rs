//! Metric filters: figures from events as they come in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};
use strongroom_api::{Result, Timestamp};
use strongroom_records::{Record, Stored};
use strongroom_store::{Direction, Range};

use crate::chunk::Event;
use crate::group::Group;
use crate::metrics::Datum;
use crate::pattern::{Extracted, Message, Pattern, Selector};
use crate::{Logs, error, paths};

/// Metric filters of one group; AWS's limit.
pub const MOST: usize = 100;
/// Filters of one group with regular expressions; AWS's limit.
pub const MOST_REGULAR: usize = 5;
/// Dimensions of one filter; AWS's limit.
const MOST_DIMENSIONS: usize = 3;

/// A metric filter as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MetricFilter {
    /// Its name.
    pub name: String,
    /// The group that it belongs to.
    pub group: String,
    /// Which events it means.
    pub pattern: String,
    /// What it makes of them.
    pub transformation: Transformation,
    /// When it was first written, in milliseconds.
    pub created: i64,
}

/// What a filter makes of an event that it means.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Transformation {
    /// The metric's name.
    pub name: String,
    /// The metric's namespace.
    pub namespace: String,
    /// A number, or where the event has one.
    pub value: String,
    /// The value for a minute whose events are none of those meant.
    pub default: Option<f64>,
    /// Names of dimensions, and where the event has their values.
    pub dimensions: BTreeMap<String, String>,
    /// AWS's name for the unit.
    pub unit: Option<String>,
}

impl Record for MetricFilter {
    const KIND: &'static str = "metric filter";
}

/// The figures of one batch, by namespace.
pub type Measured = BTreeMap<String, Vec<Datum>>;

/// A filter ready to be asked.
#[derive(Debug)]
pub struct Compiled {
    pattern: Pattern,
    namespace: String,
    name: String,
    unit: Option<String>,
    value: Operand,
    dimensions: Vec<(String, Operand)>,
    default: Option<f64>,
    /// The last minute that got the default value.
    minute: AtomicI64,
}

/// A number or a part of the message.
#[derive(Debug)]
enum Operand {
    Number(f64),
    Member(Selector),
    Field(String),
}

impl Operand {
    fn parse(text: &str, pattern: &Pattern) -> Result<Self> {
        let wrong = || error::invalid_metric_value(text);
        if let Ok(number) = text.parse::<f64>() {
            return if number.is_finite() { Ok(Self::Number(number)) } else { Err(wrong()) };
        }
        if pattern.is_json() {
            return Selector::parse(text).map(Self::Member).map_err(|_| wrong());
        }
        let field = text.strip_prefix('$').filter(|name| pattern.has_field(name));
        field.map(|_| Self::Field(text.to_owned())).ok_or_else(wrong)
    }

    fn text(&self, message: &Message<'_>, found: &Extracted) -> Option<String> {
        match self {
            Self::Number(number) => Some(number.to_string()),
            Self::Member(selector) => selector.value(message.object()?),
            Self::Field(name) => found.get(name).cloned(),
        }
    }
}

impl Compiled {
    /// Compiles a filter.
    ///
    /// # Errors
    /// AWS's errors for patterns and transformations that cannot be.
    pub fn new(pattern: &str, transformation: &Transformation) -> Result<Self> {
        let pattern = Pattern::parse(pattern)
            .map_err(|malformed| error::invalid_metric_pattern(&malformed))?;
        let Transformation { name, namespace, value, default, dimensions, unit } = transformation;
        if default.is_some_and(|default| !default.is_finite()) {
            return Err(error::invalid_metric_value("defaultValue"));
        }
        if !dimensions.is_empty() {
            if !pattern.names_parts() {
                return Err(error::no_dimensions_here());
            }
            if default.is_some() {
                return Err(error::default_with_dimensions());
            }
            if dimensions.len() > MOST_DIMENSIONS {
                return Err(error::too_many_dimensions());
            }
        }
        let operands = dimensions.iter().map(|(name, part)| {
            let operand = Operand::parse(part, &pattern)?;
            match operand {
                Operand::Number(_) => Err(error::invalid_metric_value(part)),
                part => Ok((name.clone(), part)),
            }
        });
        let dimensions = operands.collect::<Result<Vec<_>>>()?;
        Ok(Self {
            value: Operand::parse(value, &pattern)?,
            dimensions,
            pattern,
            namespace: namespace.clone(),
            name: name.clone(),
            unit: unit.clone(),
            default: *default,
            minute: AtomicI64::new(-1),
        })
    }

    /// How many regular expressions its pattern has.
    #[must_use]
    pub fn regular_expressions(&self) -> usize {
        self.pattern.regular_expressions()
    }

    /// The figure of one event; `None` if it is not meant or has no number where one is looked for.
    fn measure(&self, time: i64, message: &Message<'_>) -> Option<Datum> {
        let found = self.pattern.extract(message)?;
        let value = match &self.value {
            Operand::Number(number) => *number,
            part => part.text(message, &found)?.parse().ok().filter(|n: &f64| n.is_finite())?,
        };
        // A value without one of its dimensions would count for another metric.
        let dimension = |(name, part): &(String, Operand)| {
            let text = part.text(message, &found).filter(|text| !text.is_empty())?;
            Some((name.clone(), text.chars().take(1_024).collect()))
        };
        let dimensions = self.dimensions.iter().map(dimension).collect::<Option<Vec<_>>>()?;
        Some(self.datum(value, dimensions, time))
    }

    fn datum(&self, value: f64, dimensions: Vec<(String, String)>, timestamp_ms: i64) -> Datum {
        Datum { name: self.name.clone(), value, unit: self.unit.clone(), dimensions, timestamp_ms }
    }

    /// The figures of `events`, and the default value for each minute without any.
    fn measure_all(&self, events: &[(i64, Message<'_>)], out: &mut Measured) {
        let data = out.entry(self.namespace.clone()).or_default();
        let mut idle = BTreeSet::new();
        let mut busy = BTreeSet::new();
        for (time, message) in events {
            match self.measure(*time, message) {
                Some(datum) => {
                    busy.insert(time / 60_000);
                    data.push(datum);
                }
                None => {
                    idle.insert(time / 60_000);
                }
            }
        }
        let Some(default) = self.default else { return };
        for minute in idle.difference(&busy) {
            if self.minute.swap(*minute, Ordering::Relaxed) != *minute {
                data.push(self.datum(default, Vec::new(), minute * 60_000));
            }
        }
    }
}

impl Logs {
    /// The metric filters of a group, by name.
    ///
    /// # Errors
    /// Internal only.
    pub async fn metric_filters(&self, group: &Group) -> Result<Vec<Arc<Stored<MetricFilter>>>> {
        if group.metric_filters == 0 {
            return Ok(Vec::new());
        }
        let range =
            Range::prefix(paths::metric_filters(&group.account, &group.region, &group.name));
        let page = self.records.scan(range, Direction::Forward, MOST).await;
        Ok(page.map_err(error::storage)?.records)
    }

    /// The figures that the group's filters make of `events`.
    pub(crate) async fn metrics_of(
        &self,
        group: &Stored<Group>,
        events: &[Event],
    ) -> Result<Measured> {
        let mut measured = Measured::new();
        if group.metric_filters == 0 {
            return Ok(measured);
        }
        let filters = self.compiled(group).await?;
        let messages: Vec<_> = events.iter().map(|e| (e.0, Message::new(&e.2))).collect();
        for filter in filters.iter() {
            filter.measure_all(&messages, &mut measured);
        }
        Ok(measured)
    }

    /// Hands figures over. The events are stored, so a failure is the operator's alone.
    pub(crate) async fn publish(&self, group: &Group, measured: Measured, now: Timestamp) {
        for (namespace, data) in measured.into_iter().filter(|(_, data)| !data.is_empty()) {
            let Group { account, region, name, .. } = group;
            let put = self.metrics.put(account, region, &namespace, data, now).await;
            if let Err(error) = put {
                tracing::warn!(
                    account,
                    region,
                    group = name,
                    namespace,
                    "figures of metric filters are lost: {error}"
                );
            }
        }
    }

    async fn compiled(&self, group: &Stored<Group>) -> Result<Arc<Vec<Compiled>>> {
        if let Some((revision, compiled)) = self.compiled_filters.get(&group.id)
            && revision == group.revision
        {
            return Ok(compiled);
        }
        let filters = self.metric_filters(group).await?;
        let compile = |filter: &Arc<Stored<MetricFilter>>| {
            Compiled::new(&filter.pattern, &filter.transformation)
        };
        let compiled = Arc::new(filters.iter().map(compile).collect::<Result<Vec<_>>>()?);
        self.compiled_filters.insert(group.id.clone(), (group.revision, Arc::clone(&compiled)));
        Ok(compiled)
    }
}
