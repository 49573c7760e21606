//! What is counted, and how Prometheus reads it.
//!
//! Counting a successful request is two additions to numbers that are there already; nothing is
//! looked up, allocated or locked. Failures are counted by code behind a lock of their operation.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::services::Services;

/// Upper bounds of the latency buckets, in microseconds.
const BOUNDS_MICROS: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000,
];
/// Codes counted apart for one operation; there are fewer unless something goes wrong.
const MOST_CODES: usize = 64;

/// Everything that is counted while requests are served.
pub struct Metrics {
    services: Vec<(&'static str, Vec<Series>, Series)>,
    unrecognised: Series,
    /// Connections accepted since the start.
    pub connections: AtomicU64,
}

/// One operation.
struct Series {
    operation: &'static str,
    buckets: [AtomicU64; BOUNDS_MICROS.len() + 1],
    sum_nanos: AtomicU64,
    failures: Mutex<BTreeMap<String, u64>>,
}

/// A figure that is read when it is asked for: its name, what it is, whether it only rises, its value.
pub type Reading = (&'static str, &'static str, bool, u64);

impl Metrics {
    /// Counters for every operation of `services`.
    #[must_use]
    pub fn new(services: &Services) -> Self {
        let service = |hosted: &crate::services::Hosted| {
            let operations = hosted.host.operations();
            let series = operations.iter().map(|operation| Series::new(operation.name)).collect();
            (hosted.facts.name, series, Series::new("-"))
        };
        Self {
            services: services.iter().map(service).collect(),
            unrecognised: Series::new("-"),
            connections: AtomicU64::new(0),
        }
    }

    /// Counts one request: its service and operation as far as they were recognised, its error code.
    pub fn count(
        &self,
        asked: Option<(usize, Option<usize>)>,
        error: Option<&str>,
        took: Duration,
    ) {
        let series = asked.and_then(|(service, operation)| {
            let (_, operations, unknown) = self.services.get(service)?;
            operation.map_or(Some(unknown), |position| operations.get(position))
        });
        series.unwrap_or(&self.unrecognised).count(error, took);
    }

    /// Everything in Prometheus' text format; `readings` are figures that others keep.
    #[must_use]
    pub fn render(&self, readings: &[Reading]) -> String {
        let mut out = String::with_capacity(16 << 10);
        out.push_str("# HELP strongroom_requests_total Requests answered.\n");
        out.push_str("# TYPE strongroom_requests_total counter\n");
        self.each(|service, series| series.push_totals(service, &mut out));
        out.push_str("# HELP strongroom_request_duration_seconds Time from headers to reply.\n");
        out.push_str("# TYPE strongroom_request_duration_seconds histogram\n");
        self.each(|service, series| series.push_histogram(service, &mut out));
        let own = [("connections_total", "Connections accepted.", true, load(&self.connections))];
        for (name, help, rises, value) in own.iter().chain(readings) {
            let kind = if *rises { "counter" } else { "gauge" };
            let _infallible = writeln!(
                out,
                "# HELP strongroom_{name} {help}\n# TYPE strongroom_{name} {kind}\n\
                 strongroom_{name} {value}"
            );
        }
        out
    }

    fn each(&self, mut visit: impl FnMut(&str, &Series)) {
        for (service, operations, unknown) in &self.services {
            operations.iter().chain([unknown]).for_each(|series| visit(service, series));
        }
        visit("-", &self.unrecognised);
    }
}

impl Series {
    fn new(operation: &'static str) -> Self {
        Self {
            operation,
            buckets: Default::default(),
            sum_nanos: AtomicU64::new(0),
            failures: Mutex::default(),
        }
    }

    fn count(&self, error: Option<&str>, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MICROS.iter().position(|bound| micros <= *bound);
        let bucket = bucket.unwrap_or(BOUNDS_MICROS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.sum_nanos.fetch_add(nanos, Ordering::Relaxed);
        if let Some(code) = error {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = failures.get_mut(code) {
                *count += 1;
            } else if failures.len() < MOST_CODES {
                failures.insert(code.to_owned(), 1);
            }
        }
    }

    fn total(&self) -> u64 {
        self.buckets.iter().map(load).sum()
    }

    fn push_totals(&self, service: &str, out: &mut String) {
        let total = self.total();
        if total == 0 {
            return;
        }
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let failed: u64 = failures.values().sum();
        let succeeded = [("OK".to_owned(), total.saturating_sub(failed))];
        for (code, count) in succeeded.into_iter().chain(failures) {
            let operation = self.operation;
            let _infallible = writeln!(
                out,
                "strongroom_requests_total{{service=\"{service}\",operation=\"{operation}\",\
                 code=\"{code}\"}} {count}"
            );
        }
    }

    fn push_histogram(&self, service: &str, out: &mut String) {
        if self.total() == 0 {
            return;
        }
        let labels = format!("service=\"{service}\",operation=\"{}\"", self.operation);
        let name = "strongroom_request_duration_seconds";
        let mut below = 0;
        for (bound, bucket) in BOUNDS_MICROS.iter().zip(&self.buckets) {
            below += load(bucket);
            let bound = *bound as f64 / 1e6;
            let _infallible = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {below}");
        }
        let total = self.total();
        let sum = load(&self.sum_nanos) as f64 / 1e9;
        let _infallible = writeln!(
            out,
            "{name}_bucket{{{labels},le=\"+Inf\"}} {total}\n{name}_sum{{{labels}}} {sum}\n\
             {name}_count{{{labels}}} {total}"
        );
    }
}

fn load(number: &AtomicU64) -> u64 {
    number.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_code_and_latency() {
        let metrics = Metrics::new(&Services::new(Vec::new()));
        metrics.count(None, None, Duration::from_micros(60));
        metrics.count(None, Some("MissingAction"), Duration::from_secs(5));
        let text = metrics.render(&[("store_revision", "Latest revision.", false, 7)]);
        for line in [
            "strongroom_requests_total{service=\"-\",operation=\"-\",code=\"OK\"} 1",
            "strongroom_requests_total{service=\"-\",operation=\"-\",code=\"MissingAction\"} 1",
            "strongroom_request_duration_seconds_bucket{service=\"-\",operation=\"-\",le=\"0.00005\"} 0",
            "strongroom_request_duration_seconds_bucket{service=\"-\",operation=\"-\",le=\"0.0001\"} 1",
            "strongroom_request_duration_seconds_bucket{service=\"-\",operation=\"-\",le=\"+Inf\"} 2",
            "# TYPE strongroom_store_revision gauge",
            "strongroom_store_revision 7",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is missing from\n{text}");
        }
    }
}
