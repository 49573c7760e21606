//! Calculates an expression.

use std::collections::BTreeMap;

use super::{Node, Operator, Scope, Search, Series, Unsound, Value, functions, unsound};

pub(super) fn evaluate(node: &Node, scope: &dyn Scope) -> Result<Value, Unsound> {
    match node {
        Node::Number(number) => Ok(Value::Number(*number)),
        Node::Text(text) => Ok(Value::Text(text.clone())),
        Node::Name(name) => named(name, scope),
        Node::List(nodes) => {
            let mut series = Vec::new();
            for node in nodes {
                match evaluate(node, scope)? {
                    Value::Series(one) => series.push(one),
                    Value::Many(many) => series.extend(many),
                    Value::Number(_) | Value::Text(_) => {
                        return unsound("A list is made of time series");
                    }
                }
            }
            Ok(Value::Many(series))
        }
        Node::Call(function, arguments) if function == "SEARCH" => {
            Ok(Value::Many(scope.found(&Search::of(arguments)?)))
        }
        Node::Call(function, arguments) => {
            let arguments: Result<Vec<_>, _> =
                arguments.iter().map(|argument| evaluate(argument, scope)).collect();
            functions::call(function, arguments?, scope)
        }
        Node::Negative(node) => {
            binary(Operator::Minus, &Value::Number(0.0), &evaluate(node, scope)?)
        }
        Node::Binary(operator, left, right) => {
            binary(*operator, &evaluate(left, scope)?, &evaluate(right, scope)?)
        }
    }
}

/// A name of the request, or one of the words that functions take.
fn named(name: &str, scope: &dyn Scope) -> Result<Value, Unsound> {
    if let Some(value) = scope.value(name) {
        return Ok(value);
    }
    const WORDS: [&str; 8] = ["REPEAT", "LINEAR", "ASC", "DESC", "MAX", "MIN", "AVG", "SUM"];
    if WORDS.contains(&name) {
        return Ok(Value::Text(name.to_owned()));
    }
    unsound(format!("'{name}' is not the id of a query"))
}

/// Applies an operator. Where a series has no figure, neither has the result.
pub(super) fn binary(operator: Operator, left: &Value, right: &Value) -> Result<Value, Unsound> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            Ok(Value::Number(operator.apply(*left, *right).unwrap_or(f64::NAN)))
        }
        (Value::Series(left), Value::Number(right)) => {
            Ok(Value::Series(left.map(|_, figure| operator.apply(figure, *right))))
        }
        (Value::Number(left), Value::Series(right)) => {
            Ok(Value::Series(right.map(|_, figure| operator.apply(*left, figure))))
        }
        (Value::Series(left), Value::Series(right)) => {
            let other = |at: i64| right.points.get(&at).copied();
            Ok(Value::Series(left.map(|at, figure| operator.apply(figure, other(at)?))))
        }
        (Value::Many(left), Value::Many(right)) => {
            if left.len() != right.len() {
                return unsound("Two arrays of different lengths cannot be put together");
            }
            each(left.iter().zip(right).map(|(left, right)| {
                binary(operator, &Value::Series(left.clone()), &Value::Series(right.clone()))
            }))
        }
        (Value::Many(left), right) => {
            each(left.iter().map(|left| binary(operator, &Value::Series(left.clone()), right)))
        }
        (left, Value::Many(right)) => {
            each(right.iter().map(|right| binary(operator, left, &Value::Series(right.clone()))))
        }
        (Value::Text(_), _) | (_, Value::Text(_)) => unsound("A text cannot be calculated with"),
    }
}

fn each(results: impl Iterator<Item = Result<Value, Unsound>>) -> Result<Value, Unsound> {
    let series: Result<Vec<_>, _> = results
        .map(|result| match result? {
            Value::Series(series) => Ok(series),
            _ => unsound("Arrays are made of time series"),
        })
        .collect();
    series.map(Value::Many)
}

impl Operator {
    /// `None` where there is no result: a division by zero.
    fn apply(self, left: f64, right: f64) -> Option<f64> {
        let truth = |is: bool| if is { 1.0 } else { 0.0 };
        let result = match self {
            Self::Or => truth(left != 0.0 || right != 0.0),
            Self::And => truth(left != 0.0 && right != 0.0),
            Self::Equal => truth(left == right),
            Self::NotEqual => truth(left != right),
            Self::LessOrEqual => truth(left <= right),
            Self::GreaterOrEqual => truth(left >= right),
            Self::Less => truth(left < right),
            Self::Greater => truth(left > right),
            Self::Plus => left + right,
            Self::Minus => left - right,
            Self::Times => left * right,
            Self::Over => left / right,
            Self::Power => left.powf(right),
        };
        result.is_finite().then_some(result)
    }
}

impl Series {
    /// A series with `change` made to every figure; those without a result are left out.
    pub(super) fn map(&self, change: impl Fn(i64, f64) -> Option<f64>) -> Self {
        let figure = |(at, figure): (&i64, &f64)| {
            let changed = change(*at, *figure).filter(|figure| figure.is_finite())?;
            Some((*at, changed))
        };
        let points: BTreeMap<_, _> = self.points.iter().filter_map(figure).collect();
        Self { label: self.label.clone(), period: self.period, points }
    }
}
