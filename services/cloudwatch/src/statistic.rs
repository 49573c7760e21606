//! Statistics over samples: the five plain ones, and percentiles and their relatives.

use crate::cell::Cell;
use crate::shapes::Statistic;

/// A statistic as GetMetricData, alarms and `ExtendedStatistics` name it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stat {
    /// A plain one.
    Plain(Statistic),
    /// The value below which this share of the samples lies.
    Percentile(f64),
    /// Something over the samples within bounds.
    Trimmed(Trim, Bounds),
}

/// What is said of the samples within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trim {
    /// `tm`: their mean.
    Mean,
    /// `wm`: the mean of all, those outside moved to the bounds.
    Winsorized,
    /// `tc`: how many they are.
    Count,
    /// `ts`: their sum.
    Sum,
    /// `pr`: which share of all they are, in percent.
    Rank,
}

/// Bounds of samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// Shares in percent: the samples between them in order.
    Shares(f64, f64),
    /// Values, the lower one excluded.
    Values(f64, f64),
}

impl Stat {
    /// The statistic of this name: `Sum`, `p99.9`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = match text {
            "SampleCount" => Some(Statistic::SampleCount),
            "Average" => Some(Statistic::Average),
            "Sum" => Some(Statistic::Sum),
            "Minimum" => Some(Statistic::Minimum),
            "Maximum" => Some(Statistic::Maximum),
            _ => None,
        };
        if let Some(plain) = plain {
            return Some(Self::Plain(plain));
        }
        let lower = text.to_ascii_lowercase();
        if lower == "iqm" {
            return Some(Self::Trimmed(Trim::Mean, Bounds::Shares(25.0, 75.0)));
        }
        if let Some((kind, rest)) = lower.split_at_checked(2)
            && let Some(trim) = trim(kind)
        {
            return bounds(rest)
                .filter(|bounds| suits(trim, *bounds))
                .map(|b| Self::Trimmed(trim, b));
        }
        share(lower.strip_prefix('p')?).map(Self::Percentile)
    }

    /// The statistic of `samples`; `None` when their distribution would have to be known and is not.
    #[must_use]
    pub fn of(self, samples: &Cell) -> Option<f64> {
        match self {
            Self::Plain(Statistic::SampleCount) => Some(samples.count),
            Self::Plain(Statistic::Sum) => Some(samples.sum),
            Self::Plain(Statistic::Minimum) => Some(samples.minimum),
            Self::Plain(Statistic::Maximum) => Some(samples.maximum),
            Self::Plain(Statistic::Average) => {
                (samples.count > 0.0).then(|| samples.sum / samples.count)
            }
            Self::Percentile(share) => percentile(samples.bins()?, share),
            Self::Trimmed(trim, bounds) => trimmed(samples.bins()?, trim, bounds),
        }
    }
}

fn trim(kind: &str) -> Option<Trim> {
    match kind {
        "tm" => Some(Trim::Mean),
        "wm" => Some(Trim::Winsorized),
        "tc" => Some(Trim::Count),
        "ts" => Some(Trim::Sum),
        "pr" => Some(Trim::Rank),
        _ => None,
    }
}

/// A rank is asked for between values, everything else has a short form with a share.
fn suits(trim: Trim, bounds: Bounds) -> bool {
    trim != Trim::Rank || matches!(bounds, Bounds::Values(..))
}

/// `90`, `(10%:90%)`, `(:90%)`, `(100:2000)`, `(:300)`.
fn bounds(text: &str) -> Option<Bounds> {
    let Some(inside) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else {
        return share(text).map(|upper| Bounds::Shares(0.0, upper));
    };
    let (lower, upper) = inside.split_once(':')?;
    if lower.is_empty() && upper.is_empty() {
        return None;
    }
    if lower.ends_with('%') || upper.ends_with('%') {
        let bound = |text: &str, open: f64| match text {
            "" => Some(open),
            text => share(text.strip_suffix('%')?),
        };
        let (lower, upper) = (bound(lower, 0.0)?, bound(upper, 100.0)?);
        return (lower < upper).then_some(Bounds::Shares(lower, upper));
    }
    let bound = |text: &str, open: f64| match text {
        "" => Some(open),
        text => text.parse::<f64>().ok().filter(|value| value.is_finite()),
    };
    let (lower, upper) = (bound(lower, f64::NEG_INFINITY)?, bound(upper, f64::INFINITY)?);
    (lower < upper).then_some(Bounds::Values(lower, upper))
}

/// A share in percent.
fn share(text: &str) -> Option<f64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let share = text.parse::<f64>().ok().filter(|_| is_number)?;
    (0.0..=100.0).contains(&share).then_some(share)
}

fn percentile(bins: &[(f64, f64)], share: f64) -> Option<f64> {
    let total: f64 = bins.iter().map(|(_, count)| count).sum();
    let wanted = total * share / 100.0;
    let mut below = 0.0;
    for (value, count) in bins {
        below += count;
        if below >= wanted {
            return Some(*value);
        }
    }
    bins.last().map(|(value, _)| *value)
}

fn trimmed(bins: &[(f64, f64)], trim: Trim, bounds: Bounds) -> Option<f64> {
    let total: f64 = bins.iter().map(|(_, count)| count).sum();
    let (count, sum) = inside(bins, total, bounds);
    match trim {
        Trim::Count => Some(count),
        Trim::Sum => Some(sum),
        Trim::Rank => (total > 0.0).then(|| count / total * 100.0),
        Trim::Mean => (count > 0.0).then(|| sum / count),
        Trim::Winsorized => {
            let (lower, upper) = match bounds {
                Bounds::Values(lower, upper) => (lower, upper),
                Bounds::Shares(lower, upper) => {
                    (percentile(bins, lower)?, percentile(bins, upper)?)
                }
            };
            let moved = bins.iter().map(|(value, count)| value.clamp(lower, upper) * count);
            (total > 0.0).then(|| moved.sum::<f64>() / total)
        }
    }
}

/// Count and sum of the samples within bounds; a bin at a bound of shares counts in part.
fn inside(bins: &[(f64, f64)], total: f64, bounds: Bounds) -> (f64, f64) {
    let (mut count, mut sum, mut below) = (0.0, 0.0, 0.0);
    for (value, samples) in bins {
        let taken = match bounds {
            Bounds::Values(lower, upper) if *value > lower && *value <= upper => *samples,
            Bounds::Values(..) => 0.0,
            Bounds::Shares(lower, upper) => {
                let (from, to) = (total * lower / 100.0, total * upper / 100.0);
                ((below + samples).min(to) - f64::max(below, from)).max(0.0)
            }
        };
        below += samples;
        count += taken;
        sum += taken * value;
    }
    (count, sum)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn one_to_twenty() -> Cell {
        let mut cell = Cell::of(1.0);
        (2..=20).for_each(|n| cell.add(&Cell::of(f64::from(n))));
        cell
    }

    #[test]
    fn percentiles_and_trimmed_statistics_follow_their_definitions() {
        let cell = one_to_twenty();
        let of = |text: &str| Stat::parse(text).unwrap().of(&cell).unwrap();
        assert_eq!(of("p50"), 10.0);
        assert_eq!(of("p100"), 20.0);
        assert_eq!(of("p0"), 1.0);
        assert_eq!(of("tm(10%:90%)"), 10.5);
        assert_eq!(of("TC(:10)"), 10.0);
        assert_eq!(of("ts(10:12)"), 23.0);
        assert_eq!(of("PR(:10)"), 50.0);
        assert_eq!(of("tc50"), 10.0);
        assert_eq!(of("IQM"), 10.5);
        assert_eq!(of("wm(:2)"), (1.0 + 2.0 * 19.0) / 20.0);
    }

    #[test]
    fn what_is_no_statistic_is_refused() {
        for text in [
            "",
            "p",
            "p101",
            "p-1",
            "pe5",
            "Median",
            "sum",
            "tm",
            "tm(90%:10%)",
            "pr90",
            "tm(:)",
            "tm(a:b)",
            "pinf",
            "\u{fc}\u{fc}",
        ] {
            assert_eq!(Stat::parse(text), None, "{text}");
        }
    }

    #[test]
    fn figures_alone_have_no_percentile() {
        let cell = Cell::summary(10.0, 50.0, 1.0, 9.0);
        assert_eq!(Stat::Percentile(50.0).of(&cell), None);
        assert_eq!(Stat::Plain(Statistic::Average).of(&cell), Some(5.0));
    }
}
