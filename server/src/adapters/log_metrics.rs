//! Figures of metric filters, to CloudWatch.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Result, Timestamp};
use strongroom_cloudwatch::{Cloudwatch, Datum as Sample, Unit};
use strongroom_logs::{Datum, Metrics};

/// The port `Metrics` of CloudWatch Logs over CloudWatch.
pub struct FilterMetrics(pub Arc<Cloudwatch>);

impl Metrics for FilterMetrics {
    fn put<'a>(
        &'a self,
        account: &'a str,
        region: &'a str,
        namespace: &'a str,
        data: Vec<Datum>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let samples: Vec<_> = data.into_iter().filter_map(|datum| sample(datum, now)).collect();
            self.0.record(account, region, namespace, &samples, now).await
        })
    }
}

/// The figure as a sample; `None` for one that is no number, or older than CloudWatch takes.
fn sample(datum: Datum, now: Timestamp) -> Option<Sample> {
    const OLDEST_MILLIS: i64 = 14 * 86_400_000;
    let at = Timestamp::from_millis(datum.timestamp_ms.min(now.millis()));
    if !datum.value.is_finite() || now.millis().saturating_sub(at.millis()) > OLDEST_MILLIS {
        return None;
    }
    let unit = datum.unit.as_deref().and_then(Unit::named).unwrap_or(Unit::None);
    let sample = Sample::new(&datum.name, datum.value).unit(unit).at(at);
    let dimensions = datum.dimensions.into_iter();
    Some(dimensions.fold(sample, |sample, (name, value)| sample.dimension(&name, &value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_that_cloudwatch_would_take_go_there() {
        let datum = |value, timestamp_ms| Datum {
            name: "Errors".to_owned(),
            value,
            unit: Some("Count".to_owned()),
            dimensions: vec![("Shop".to_owned(), "Berlin".to_owned())],
            timestamp_ms,
        };
        let now = Timestamp::from_millis(1_769_854_830_000);
        assert!(sample(datum(1.0, now.millis()), now).is_some());
        assert!(sample(datum(f64::NAN, now.millis()), now).is_none());
        assert!(sample(datum(1.0, 0), now).is_none());
    }
}
