//! Expressions over two metrics, m1 and m2, in four periods of a minute.

#![allow(clippy::unwrap_used)]

use super::*;

struct Two;

fn series(points: &[(i64, f64)]) -> Series {
    Series { label: String::new(), period: 60, points: points.iter().copied().collect() }
}

impl Scope for Two {
    fn value(&self, name: &str) -> Option<Value> {
        match name {
            "m1" => Some(Value::Series(series(&[(0, 1.0), (60, 4.0), (180, 10.0)]))),
            "m2" => Some(Value::Series(series(&[(0, 2.0), (60, 0.0), (120, 5.0)]))),
            _ => None,
        }
    }

    fn metrics(&self, text: &str) -> Vec<Series> {
        ["m1", "m2"]
            .into_iter()
            .filter(|name| name.contains(text))
            .filter_map(|name| match self.value(name) {
                Some(Value::Series(series)) => Some(series),
                _ => None,
            })
            .collect()
    }

    fn found(&self, _: &Search) -> Vec<Series> {
        Vec::new()
    }

    fn times(&self, period: i64) -> Vec<i64> {
        (0..4).map(|step| step * period).collect()
    }
}

fn value(text: &str) -> Value {
    Expression::parse(text)
        .unwrap()
        .evaluate(&Two)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn points(text: &str) -> Vec<(i64, f64)> {
    match value(text) {
        Value::Series(series) => series.points.into_iter().collect(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn operators_bind_as_in_arithmetic_and_need_both_sides() {
    assert_eq!(value("1 + 2 * 3 ^ 2 - -4 / 2"), Value::Number(21.0));
    assert_eq!(points("m1 + m2"), [(0, 3.0), (60, 4.0)]);
    assert_eq!(points("m1 / m2"), [(0, 0.5)]);
    assert_eq!(points("100 * (m1 - 1)"), [(0, 0.0), (60, 300.0), (180, 900.0)]);
    assert_eq!(points("m1 > 2 AND m1 < 10"), [(0, 0.0), (60, 1.0), (180, 0.0)]);
    assert_eq!(points("m1 == 1 || m1 >= 10"), [(0, 1.0), (60, 0.0), (180, 1.0)]);
}

#[test]
fn functions_of_one_series_are_numbers_and_of_several_a_series() {
    assert_eq!(value("SUM(m1)"), Value::Number(15.0));
    assert_eq!(value("AVG(m1)"), Value::Number(5.0));
    assert_eq!(value("MAX(m2) + MIN(m1)"), Value::Number(6.0));
    let sum = [(0, 3.0), (60, 4.0), (120, 5.0), (180, 10.0)];
    assert_eq!(points("SUM(METRICS())"), sum);
    assert_eq!(points("SUM([m1, m2])"), sum);
    assert_eq!(points("AVG(METRICS(\"m2\"))"), [(0, 2.0), (60, 0.0), (120, 5.0)]);
    assert_eq!(value("METRIC_COUNT(METRICS())"), Value::Number(2.0));
}

#[test]
fn gaps_are_filled_as_asked() {
    assert_eq!(points("FILL(m1, 0)"), [(0, 1.0), (60, 4.0), (120, 0.0), (180, 10.0)]);
    assert_eq!(points("FILL(m1, REPEAT)"), [(0, 1.0), (60, 4.0), (120, 4.0), (180, 10.0)]);
    assert_eq!(points("FILL(m1, LINEAR)"), [(0, 1.0), (60, 4.0), (120, 7.0), (180, 10.0)]);
    assert_eq!(points("FILL(m1, m2)"), [(0, 1.0), (60, 4.0), (120, 5.0), (180, 10.0)]);
}

#[test]
fn rates_and_choices_follow_time() {
    assert_eq!(points("RATE(m1)"), [(60, 0.05), (180, 0.05)]);
    assert_eq!(points("DIFF(m1)"), [(60, 3.0), (180, 6.0)]);
    assert_eq!(points("RUNNING_SUM(m1)"), [(0, 1.0), (60, 5.0), (180, 15.0)]);
    assert_eq!(points("IF(m1 > 2, m1, 0)"), [(0, 0.0), (60, 4.0), (180, 10.0)]);
    assert_eq!(points("IF(m1 > 2, m1)"), [(60, 4.0), (180, 10.0)]);
    assert_eq!(points("MINUTE(m1)"), [(0, 0.0), (60, 1.0), (180, 3.0)]);
    assert_eq!(value("PERIOD(m1)"), Value::Number(60.0));
}

#[test]
fn a_search_in_an_expression_is_told_before_it_is_evaluated() {
    let text =
        r#"SUM(SEARCH('{AWS/SecretsManager,Operation} MetricName="CallCount"', 'Sum', 300))"#;
    let searches = Expression::parse(text).unwrap().searches().unwrap();
    assert_eq!(searches[0].text, r#"{AWS/SecretsManager,Operation} MetricName="CallCount""#);
    assert_eq!((searches[0].stat.as_str(), searches[0].period), ("Sum", Some(300)));
    assert!(Expression::parse("SEARCH(m1, 'Sum')").unwrap().searches().is_err());
}

#[test]
fn what_is_no_expression_is_refused() {
    for text in ["", "1 +", "m1 m2", "(1", "SUM(m1", "[m1", "1.2.3", "'open", "m1 = 2", "§"] {
        assert!(Expression::parse(text).is_err(), "{text}");
    }
    for text in [&"(".repeat(500), &"-".repeat(500), &"SUM(".repeat(500), &"2^".repeat(500)] {
        assert!(Expression::parse(text).is_err());
    }
    for text in ["NO_FUNCTION(m1)", "ANOMALY_DETECTION_BAND(m1)"] {
        let refused = Expression::parse(text).unwrap_err();
        assert!(refused.to_string().starts_with("Unknown function"), "{text}");
    }
    for text in ["unknown", "SUM('a')"] {
        assert!(Expression::parse(text).unwrap().evaluate(&Two).is_err(), "{text}");
    }
}
