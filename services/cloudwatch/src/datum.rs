//! What other services and the server itself have to say in figures.

use strongroom_api::Timestamp;

use crate::cell::Cell;
use crate::unit::Unit;

/// Samples of a metric.
#[derive(Clone, Debug)]
pub struct Datum {
    pub(crate) name: String,
    pub(crate) dimensions: Vec<(String, String)>,
    pub(crate) samples: Cell,
    pub(crate) unit: Unit,
    pub(crate) at: Option<Timestamp>,
    pub(crate) fine: bool,
}

impl Datum {
    /// One sample of the metric called `name`, of no unit, taken now.
    #[must_use]
    pub fn new(name: &str, value: f64) -> Self {
        Self::of(name, Cell::of(value))
    }

    /// `count` things that happened: as many samples of 1.
    #[must_use]
    pub fn counted(name: &str, count: u64) -> Self {
        Self::of(name, Cell::repeated(1.0, count as f64)).unit(Unit::Count)
    }

    pub(crate) fn of(name: &str, samples: Cell) -> Self {
        Self {
            name: name.to_owned(),
            dimensions: Vec::new(),
            samples,
            unit: Unit::None,
            at: None,
            fine: false,
        }
    }

    /// With a dimension.
    #[must_use]
    pub fn dimension(mut self, name: &str, value: &str) -> Self {
        self.dimensions.push((name.to_owned(), value.to_owned()));
        self
    }

    /// In a unit.
    #[must_use]
    pub fn unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// Taken at a time.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }
}
