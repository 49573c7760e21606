//! What is kept of the samples of a period: count, sum, extremes, and how they are distributed.

use serde::{Deserialize, Serialize};

/// Samples put together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// How many.
    #[serde(rename = "n")]
    pub count: f64,
    /// Their sum.
    #[serde(rename = "s")]
    pub sum: f64,
    /// The smallest.
    #[serde(rename = "l")]
    pub minimum: f64,
    /// The largest.
    #[serde(rename = "h")]
    pub maximum: f64,
    /// Values with how many samples each stands for, in ascending order. Beyond [`MOST_BINS`] the
    /// nearest are drawn together, so that percentiles become estimates.
    #[serde(rename = "b", default)]
    bins: Vec<(f64, f64)>,
}

/// The most values that a cell tells apart.
pub const MOST_BINS: usize = 24;

impl Cell {
    /// One sample.
    #[must_use]
    pub fn of(value: f64) -> Self {
        Self::repeated(value, 1.0)
    }

    /// `count` samples of the same value.
    #[must_use]
    pub fn repeated(value: f64, count: f64) -> Self {
        Self {
            count,
            sum: value * count,
            minimum: value,
            maximum: value,
            bins: vec![(value, count)],
        }
    }

    /// Samples of which only figures are known; AWS gives no percentiles of these either, unless they
    /// leave no doubt.
    #[must_use]
    pub fn summary(count: f64, sum: f64, minimum: f64, maximum: f64) -> Self {
        let certain = minimum == maximum || count == 1.0;
        let bins = if certain { vec![(minimum, count)] } else { Vec::new() };
        Self { count, sum, minimum, maximum, bins }
    }

    /// Adds the samples of `other`.
    pub fn add(&mut self, other: &Self) {
        let complete = self.bins().is_some() && other.bins().is_some();
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        if complete {
            other.bins.iter().for_each(|bin| self.add_bin(*bin));
        } else {
            self.bins.clear();
        }
    }

    /// How the samples are distributed; `None` when that is not known.
    #[must_use]
    pub fn bins(&self) -> Option<&[(f64, f64)]> {
        (!self.bins.is_empty()).then_some(&self.bins)
    }

    fn add_bin(&mut self, (value, count): (f64, f64)) {
        let place = self.bins.partition_point(|(other, _)| *other < value);
        match self.bins.get_mut(place) {
            Some((same, had)) if *same == value => *had += count,
            _ => self.bins.insert(place, (value, count)),
        }
        if self.bins.len() > MOST_BINS {
            self.draw_nearest_together();
        }
    }

    fn draw_nearest_together(&mut self) {
        let gap = |place: usize| self.bins[place + 1].0 - self.bins[place].0;
        let nearest = (0..self.bins.len() - 1).min_by(|a, b| gap(*a).total_cmp(&gap(*b)));
        let Some(place) = nearest else { return };
        let (value, count) = self.bins.remove(place + 1);
        let kept = &mut self.bins[place];
        let together = kept.1 + count;
        kept.0 += (value - kept.0) * (count / together);
        kept.1 = together;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_add_up_whatever_their_order() {
        let mut one = Cell::of(3.0);
        one.add(&Cell::repeated(1.0, 2.0));
        let mut other = Cell::repeated(1.0, 2.0);
        other.add(&Cell::of(3.0));
        assert_eq!(one, other);
        assert_eq!((one.count, one.sum, one.minimum, one.maximum), (3.0, 5.0, 1.0, 3.0));
        assert_eq!(one.bins(), Some(&[(1.0, 2.0), (3.0, 1.0)][..]));
    }

    #[test]
    fn a_million_different_samples_take_no_more_room_than_a_few() {
        let mut cell = Cell::of(0.0);
        for n in 1..100_000 {
            cell.add(&Cell::of(f64::from(n * 7919 % 100_003)));
        }
        let bins = cell.bins().unwrap_or_default();
        assert!(bins.len() <= MOST_BINS);
        assert!((bins.iter().map(|(_, count)| count).sum::<f64>() - 100_000.0).abs() < 1e-6);
        assert!(bins.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn figures_alone_say_nothing_of_the_distribution() {
        let mut cell = Cell::of(1.0);
        cell.add(&Cell::summary(10.0, 20.0, 0.0, 9.0));
        assert_eq!(cell.bins(), None);
        assert_eq!((cell.count, cell.sum), (11.0, 21.0));
        assert!(Cell::summary(5.0, 10.0, 2.0, 2.0).bins().is_some());
    }
}
