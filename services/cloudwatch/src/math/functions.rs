//! The functions of metric math.

use std::collections::BTreeMap;

use super::{Scope, Series, Unsound, Value, unsound};

pub(super) fn call(
    function: &str,
    arguments: Vec<Value>,
    scope: &dyn Scope,
) -> Result<Value, Unsound> {
    match (function, &arguments[..]) {
        ("METRICS", []) => Ok(Value::Many(scope.metrics(""))),
        ("METRICS", [Value::Text(text)]) => Ok(Value::Many(scope.metrics(text))),
        ("ABS" | "CEIL" | "FLOOR" | "LOG" | "LOG10", [value]) => {
            each(value, &|series| series.map(|_, figure| Some(pointwise(function, figure))))
                .or_else(|unsound| match value {
                    Value::Number(number) => Ok(Value::Number(pointwise(function, *number))),
                    _ => Err(unsound),
                })
        }
        ("AVG" | "MAX" | "MIN" | "SUM" | "STDDEV", [value]) => aggregate(function, value),
        ("METRIC_COUNT", [Value::Many(many)]) => Ok(Value::Number(many.len() as f64)),
        ("DATAPOINT_COUNT", [Value::Series(one)]) => Ok(Value::Number(one.points.len() as f64)),
        ("RATE" | "DIFF" | "DIFF_TIME", [value]) => each(value, &|series| steps(function, series)),
        ("RUNNING_SUM", [value]) => each(value, &running_sum),
        ("FILL", [value, with]) => fill(value, with, scope),
        ("IF", [condition, rest @ ..]) if matches!(rest.len(), 1 | 2) => {
            choose(condition, &rest[0], rest.get(1), scope)
        }
        ("PERIOD", [Value::Series(one)]) => Ok(Value::Number(one.period as f64)),
        ("TIME_SERIES", [Value::Number(number)]) => Ok(Value::Series(constant(*number, 60, scope))),
        ("EPOCH" | "MINUTE" | "HOUR" | "DAY" | "DATE" | "MONTH" | "YEAR", [value]) => {
            each(value, &|series| series.map(|at, _| calendar(function, at)))
        }
        ("FIRST", [Value::Many(many)]) => {
            Ok(Value::Series(many.first().cloned().unwrap_or_default()))
        }
        ("LAST", [Value::Many(many)]) => {
            Ok(Value::Series(many.last().cloned().unwrap_or_default()))
        }
        ("REMOVE_EMPTY", [Value::Many(many)]) => {
            let full = many.iter().filter(|series| !series.points.is_empty());
            Ok(Value::Many(full.cloned().collect()))
        }
        ("SLICE", [Value::Many(many), Value::Number(from)]) => Ok(slice(many, *from, f64::MAX)),
        ("SLICE", [Value::Many(many), Value::Number(from), Value::Number(to)]) => {
            Ok(slice(many, *from, *to))
        }
        ("SORT", [Value::Many(many), Value::Text(by), Value::Text(order), rest @ ..]) => {
            sort(many, by, order, rest)
        }
        _ => unsound(format!("{function} is not offered, or not with these arguments")),
    }
}

fn each(value: &Value, change: &dyn Fn(&Series) -> Series) -> Result<Value, Unsound> {
    match value {
        Value::Series(one) => Ok(Value::Series(change(one))),
        Value::Many(many) => Ok(Value::Many(many.iter().map(change).collect())),
        Value::Number(_) | Value::Text(_) => unsound("A function of time series was given none"),
    }
}

fn pointwise(function: &str, figure: f64) -> f64 {
    match function {
        "ABS" => figure.abs(),
        "CEIL" => figure.ceil(),
        "FLOOR" => figure.floor(),
        "LOG" => figure.ln(),
        _ => figure.log10(),
    }
}

/// Over one series: a number. Over several: a series, of the figures that there are at each time.
fn aggregate(function: &str, value: &Value) -> Result<Value, Unsound> {
    match value {
        Value::Number(number) => Ok(Value::Number(*number)),
        Value::Series(one) => {
            let figures: Vec<f64> = one.points.values().copied().collect();
            Ok(Value::Number(aggregated(function, &figures).unwrap_or(f64::NAN)))
        }
        Value::Many(many) => {
            let mut by_time: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
            for (at, figure) in many.iter().flat_map(|series| &series.points) {
                by_time.entry(*at).or_default().push(*figure);
            }
            let figure =
                |(at, figures): (i64, Vec<f64>)| Some((at, aggregated(function, &figures)?));
            Ok(Value::Series(Series {
                label: String::new(),
                period: many.first().map_or(60, |series| series.period),
                points: by_time.into_iter().filter_map(figure).collect(),
            }))
        }
        Value::Text(_) => unsound(format!("{function} takes time series")),
    }
}

fn aggregated(function: &str, figures: &[f64]) -> Option<f64> {
    if figures.is_empty() {
        return None;
    }
    let count = figures.len() as f64;
    let sum: f64 = figures.iter().sum();
    Some(match function {
        "SUM" => sum,
        "AVG" => sum / count,
        "MAX" => figures.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "MIN" => figures.iter().copied().fold(f64::INFINITY, f64::min),
        _ => {
            let mean = sum / count;
            (figures.iter().map(|figure| (figure - mean).powi(2)).sum::<f64>() / count).sqrt()
        }
    })
}

/// What changed from one figure to the next.
fn steps(function: &str, series: &Series) -> Series {
    let pairs = series.points.iter().zip(series.points.iter().skip(1));
    let step = |((before, was), (at, is)): ((&i64, &f64), (&i64, &f64))| {
        let seconds = (at - before) as f64;
        let figure = match function {
            "RATE" => (is - was) / seconds,
            "DIFF" => is - was,
            _ => seconds,
        };
        (*at, figure)
    };
    Series { label: series.label.clone(), period: series.period, points: pairs.map(step).collect() }
}

fn running_sum(series: &Series) -> Series {
    let mut sum = 0.0;
    let mut summed = series.clone();
    for figure in summed.points.values_mut() {
        sum += *figure;
        *figure = sum;
    }
    summed
}

fn fill(value: &Value, with: &Value, scope: &dyn Scope) -> Result<Value, Unsound> {
    let filled = |series: &Series| -> Result<Series, Unsound> {
        let mut full = series.clone();
        for at in scope.times(series.period) {
            if series.points.contains_key(&at) {
                continue;
            }
            let figure = match with {
                Value::Number(number) => Some(*number),
                Value::Series(other) => other.points.get(&at).copied(),
                Value::Text(word) if word == "REPEAT" => before(series, at).map(|(_, was)| was),
                Value::Text(word) if word == "LINEAR" => between(series, at),
                _ => return unsound("FILL takes a number, a time series, REPEAT or LINEAR"),
            };
            full.points.extend(figure.map(|figure| (at, figure)));
        }
        Ok(full)
    };
    match value {
        Value::Series(one) => Ok(Value::Series(filled(one)?)),
        Value::Many(many) => Ok(Value::Many(many.iter().map(filled).collect::<Result<_, _>>()?)),
        Value::Number(_) | Value::Text(_) => unsound("FILL takes a time series"),
    }
}

fn before(series: &Series, at: i64) -> Option<(i64, f64)> {
    series.points.range(..at).next_back().map(|(at, figure)| (*at, *figure))
}

fn between(series: &Series, at: i64) -> Option<f64> {
    let (from, was) = before(series, at)?;
    let (to, is) = series.points.range(at..).next().map(|(at, figure)| (*at, *figure))?;
    Some(was + (is - was) * (at - from) as f64 / (to - from) as f64)
}

/// `IF`: for each time that a series among the three has.
fn choose(
    condition: &Value,
    then: &Value,
    otherwise: Option<&Value>,
    scope: &dyn Scope,
) -> Result<Value, Unsound> {
    let at = |value: &Value, at: i64| match value {
        Value::Number(number) => Some(*number),
        Value::Series(series) => series.points.get(&at).copied(),
        Value::Many(_) | Value::Text(_) => None,
    };
    if let (Value::Number(number), Some(otherwise)) = (condition, otherwise) {
        return Ok(if *number == 0.0 { otherwise.clone() } else { then.clone() });
    }
    let parts = [Some(condition), Some(then), otherwise];
    let series = parts.into_iter().flatten().find_map(|value| match value {
        Value::Series(series) => Some(series.clone()),
        _ => None,
    });
    let Some(like) = series else {
        return unsound("IF takes a condition, and one or two time series or numbers");
    };
    let times = match condition {
        Value::Series(series) => series.points.keys().copied().collect(),
        _ => scope.times(like.period),
    };
    let figure = |time: i64| {
        let chosen = if at(condition, time)? == 0.0 { otherwise? } else { then };
        Some((time, at(chosen, time)?))
    };
    let points = times.into_iter().filter_map(figure).collect();
    Ok(Value::Series(Series { label: like.label, period: like.period, points }))
}

/// The same figure at every time.
pub(crate) fn constant(figure: f64, period: i64, scope: &dyn Scope) -> Series {
    let points = scope.times(period).into_iter().map(|at| (at, figure));
    Series { label: String::new(), period, points: points.filter(|p| p.1.is_finite()).collect() }
}

fn calendar(function: &str, at: i64) -> Option<f64> {
    let time = jiff::Timestamp::from_second(at).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    Some(match function {
        "EPOCH" => at as f64,
        "MINUTE" => f64::from(time.minute()),
        "HOUR" => f64::from(time.hour()),
        "DAY" => f64::from(time.weekday().to_monday_one_offset()),
        "DATE" => f64::from(time.day()),
        "MONTH" => f64::from(time.month()),
        _ => f64::from(time.year()),
    })
}

fn slice(many: &[Series], from: f64, to: f64) -> Value {
    let place = |place: f64| (place.max(0.0) as usize).min(many.len());
    let (from, to) = (place(from), place(to));
    Value::Many(many.get(from..to).unwrap_or_default().to_vec())
}

fn sort(many: &[Series], by: &str, order: &str, rest: &[Value]) -> Result<Value, Unsound> {
    if !matches!(by, "MAX" | "MIN" | "AVG" | "SUM") || !matches!(order, "ASC" | "DESC") {
        return unsound("SORT takes a function and ASC or DESC");
    }
    let weight = |series: &Series| {
        let figures: Vec<f64> = series.points.values().copied().collect();
        aggregated(by, &figures).unwrap_or(f64::NEG_INFINITY)
    };
    let mut sorted = many.to_vec();
    sorted.sort_by(|one, other| weight(one).total_cmp(&weight(other)));
    if order == "DESC" {
        sorted.reverse();
    }
    match rest {
        [] => Ok(Value::Many(sorted)),
        [Value::Number(most)] => Ok(slice(&sorted, 0.0, *most)),
        _ => unsound("SORT takes how many as a number"),
    }
}
