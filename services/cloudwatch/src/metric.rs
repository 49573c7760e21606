//! What makes a metric that metric: namespace, name and the whole set of its dimensions.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use strongroom_api::Result;
use strongroom_records::Record;

use crate::error;
use crate::shapes::{Dimension, Dimensions, MetricRef};

/// A metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Metric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions, by name.
    pub dimensions: Vec<(String, String)>,
}

/// A metric as it is kept, to be listed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The metric.
    pub metric: Metric,
    /// The end of the latest hour with data, in seconds since the epoch.
    pub latest: i64,
}

impl Record for Kept {
    const KIND: &'static str = "metric";
}

impl Metric {
    /// The metric of this name. The order of dimensions does not matter.
    #[must_use]
    pub fn new(namespace: &str, name: &str, dimensions: Vec<(String, String)>) -> Self {
        let mut dimensions = dimensions;
        dimensions.sort();
        Self { namespace: namespace.to_owned(), name: name.to_owned(), dimensions }
    }

    /// The metric that a request names.
    ///
    /// # Errors
    /// InvalidParameterValue for a dimension that is named twice or is not ASCII.
    pub fn of(namespace: &str, name: &str, dimensions: Option<&Dimensions>) -> Result<Self> {
        let dimensions = dimensions.map(|dimensions| &dimensions.0[..]).unwrap_or_default();
        check_ascii("Namespace", namespace)?;
        check_ascii("MetricName", name)?;
        for dimension in dimensions {
            check_ascii("Dimensions.member.Name", &dimension.name.0)?;
            check_ascii("Dimensions.member.Value", &dimension.value)?;
        }
        let pair = |one: &Dimension| (one.name.0.clone(), one.value.clone());
        let metric = Self::new(namespace, name, dimensions.iter().map(pair).collect());
        if metric.dimensions.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(error::invalid_value("A dimension name must not be given twice."));
        }
        Ok(metric)
    }

    /// The metric of a [`MetricRef`].
    ///
    /// # Errors
    /// As [`of`](Self::of); MissingParameter when it has no namespace or name.
    pub fn of_reference(reference: &MetricRef) -> Result<Self> {
        let namespace = reference.namespace.as_ref().ok_or_else(|| error::missing("Namespace"))?;
        let name = reference.metric_name.as_ref().ok_or_else(|| error::missing("MetricName"))?;
        Self::of(&namespace.0, &name.0, reference.dimensions.as_ref())
    }

    /// What stands for the metric in keys: 128 bits of a hash over everything that makes it.
    #[must_use]
    pub fn id(&self) -> String {
        let mut text = Vec::new();
        let dimensions = self.dimensions.iter().flat_map(|(name, value)| [name, value]);
        for part in [&self.namespace, &self.name].into_iter().chain(dimensions) {
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        HEXLOWER.encode(&digest(&SHA256, &text).as_ref()[..16])
    }
}

/// AWS takes ASCII only here, and keys have their bound.
fn check_ascii(parameter: &str, text: &str) -> Result<()> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control()) {
        return Ok(());
    }
    Err(error::invalid_value(format!(
        "The parameter {parameter} contains characters that are not ASCII or control characters."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(dimensions: &[(&str, &str)]) -> Metric {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Metric::new("n", "m", dimensions.iter().map(owned).collect())
    }

    #[test]
    fn the_set_of_dimensions_is_the_identity() {
        let both = metric(&[("a", "1"), ("b", "2")]);
        assert_eq!(both.id(), metric(&[("b", "2"), ("a", "1")]).id());
        assert_ne!(both.id(), metric(&[("a", "1")]).id());
        assert_ne!(metric(&[("a", "12")]).id(), metric(&[("a1", "2")]).id());
    }
}
