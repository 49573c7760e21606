//! What a metric filter makes of events, on the wire.

use std::collections::BTreeMap;

use strongroom_api::{Reply, Shape};

use crate::metric_filter::{MetricFilter, Transformation};

/// What a filter makes of an event that it means, in a request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct MetricTransformation {
    /// The metric's name.
    #[shape(length = 0..=255, pattern = "[^:*$]*")]
    pub metric_name: String,
    /// The metric's namespace.
    #[shape(length = 0..=255, pattern = "[^:*$]*")]
    pub metric_namespace: String,
    /// A number, or where the event has one.
    #[shape(length = 0..=100)]
    pub metric_value: String,
    /// The value for a minute whose events are none of those meant.
    pub default_value: Option<f64>,
    /// Names of dimensions, and where the event has their values.
    pub dimensions: Option<BTreeMap<String, DimensionValue>>,
    /// The unit.
    pub unit: Option<Unit>,
}

/// Where an event has the value of a dimension.
#[derive(Debug, Shape)]
#[shape(length = 0..=255)]
pub struct DimensionValue(pub String);

impl MetricTransformation {
    /// As it is stored.
    #[must_use]
    pub fn stored(&self) -> Transformation {
        let dimensions = self.dimensions.iter().flatten();
        Transformation {
            name: self.metric_name.clone(),
            namespace: self.metric_namespace.clone(),
            value: self.metric_value.clone(),
            default: self.default_value,
            dimensions: dimensions.map(|(name, part)| (name.clone(), part.0.clone())).collect(),
            unit: self.unit.map(|unit| unit.name().to_owned()),
        }
    }
}

/// A metric filter in a reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct MetricFilterView {
    filter_name: String,
    filter_pattern: String,
    metric_transformations: Vec<TransformationView>,
    creation_time: i64,
    log_group_name: String,
    apply_on_transformed_logs: bool,
}

#[derive(Debug, Reply)]
#[shape(camel)]
struct TransformationView {
    metric_name: String,
    metric_namespace: String,
    metric_value: String,
    default_value: Option<f64>,
    dimensions: Option<BTreeMap<String, String>>,
    unit: Option<String>,
}

impl MetricFilterView {
    /// How replies show `filter`.
    #[must_use]
    pub fn of(filter: &MetricFilter) -> Self {
        let made = &filter.transformation;
        let transformation = TransformationView {
            metric_name: made.name.clone(),
            metric_namespace: made.namespace.clone(),
            metric_value: made.value.clone(),
            default_value: made.default,
            dimensions: (!made.dimensions.is_empty()).then(|| made.dimensions.clone()),
            unit: made.unit.clone(),
        };
        Self {
            filter_name: filter.name.clone(),
            filter_pattern: filter.pattern.clone(),
            metric_transformations: vec![transformation],
            creation_time: filter.created,
            log_group_name: filter.group.clone(),
            apply_on_transformed_logs: false,
        }
    }
}

macro_rules! units {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// CloudWatch's units.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
        pub enum Unit {
            $(
                #[doc = concat!("`", $name, "`.")]
                #[shape(name = $name)]
                $variant,
            )*
        }

        impl Unit {
            /// Its name on the wire.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

units! {
    Seconds "Seconds",
    Microseconds "Microseconds",
    Milliseconds "Milliseconds",
    Bytes "Bytes",
    Kilobytes "Kilobytes",
    Megabytes "Megabytes",
    Gigabytes "Gigabytes",
    Terabytes "Terabytes",
    Bits "Bits",
    Kilobits "Kilobits",
    Megabits "Megabits",
    Gigabits "Gigabits",
    Terabits "Terabits",
    Percent "Percent",
    Count "Count",
    BytesPerSecond "Bytes/Second",
    KilobytesPerSecond "Kilobytes/Second",
    MegabytesPerSecond "Megabytes/Second",
    GigabytesPerSecond "Gigabytes/Second",
    TerabytesPerSecond "Terabytes/Second",
    BitsPerSecond "Bits/Second",
    KilobitsPerSecond "Kilobits/Second",
    MegabitsPerSecond "Megabits/Second",
    GigabitsPerSecond "Gigabits/Second",
    TerabitsPerSecond "Terabits/Second",
    CountPerSecond "Count/Second",
    None "None",
}
