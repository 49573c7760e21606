//! Metric math: expressions over series of figures. Pure.
//!
//! [`Expression::parse`] reads one, [`Expression::evaluate`] calculates with the values of the names in
//! it. What an expression searches for ([`search`]) has to be found beforehand: see
//! [`Expression::searches`].

mod evaluate;
mod functions;
mod lexer;
mod parse;
pub mod search;

use std::collections::BTreeMap;

/// An expression that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression(pub(crate) Node);

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Number(f64),
    Text(String),
    Name(String),
    List(Vec<Node>),
    Call(String, Vec<Node>),
    Negative(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
    Plus,
    Minus,
    Times,
    Over,
    Power,
}

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One number.
    Number(f64),
    /// A text, as some functions take one.
    Text(String),
    /// One series.
    Series(Series),
    /// Several.
    Many(Vec<Series>),
}

/// Figures over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// How it is called.
    pub label: String,
    /// The seconds of a period.
    pub period: i64,
    /// The figures by the second at which their period begins.
    pub points: BTreeMap<i64, f64>,
}

/// What a name or a search stands for, and the times that are asked about.
pub trait Scope {
    /// The value of a name.
    fn value(&self, name: &str) -> Option<Value>;

    /// The series of every metric of the request whose name contains `text`.
    fn metrics(&self, text: &str) -> Vec<Series>;

    /// What the search with these arguments found.
    fn found(&self, search: &Search) -> Vec<Series>;

    /// The seconds at which the periods of a series that has no times of its own begin.
    fn times(&self, period: i64) -> Vec<i64>;
}

/// The arguments of one SEARCH in an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// What is searched for.
    pub text: String,
    /// The statistic.
    pub stat: String,
    /// The period in seconds; that of the query if absent.
    pub period: Option<i64>,
}

/// Why an expression has no value, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unsound(pub String);

pub(crate) fn unsound<T>(message: impl Into<String>) -> Result<T, Unsound> {
    Err(Unsound(message.into()))
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`Unsound`] for one that cannot be read, or is nested or long beyond measure.
    pub fn parse(text: &str) -> Result<Self, Unsound> {
        parse::parse(text).map(Self)
    }

    /// The names that it refers to.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.0.visit(&mut |node| {
            if let Node::Name(name) = node {
                names.push(name.as_str());
            }
        });
        names
    }

    /// What it searches for.
    ///
    /// # Errors
    /// [`Unsound`] for a SEARCH with other arguments than texts and a number.
    pub fn searches(&self) -> Result<Vec<Search>, Unsound> {
        let mut searches = Ok(Vec::new());
        self.0.visit(&mut |node| {
            if let (Node::Call(function, arguments), Ok(found)) = (node, &mut searches)
                && function == "SEARCH"
            {
                match Search::of(arguments) {
                    Ok(search) => found.push(search),
                    Err(error) => searches = Err(error),
                }
            }
        });
        searches
    }

    /// Calculates it.
    ///
    /// # Errors
    /// [`Unsound`] for functions that are not there, or with values that they do not take.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, Unsound> {
        evaluate::evaluate(&self.0, scope)
    }
}

impl Search {
    pub(crate) fn of(arguments: &[Node]) -> Result<Self, Unsound> {
        match arguments {
            [Node::Text(text), Node::Text(stat)] => {
                Ok(Self { text: text.clone(), stat: stat.clone(), period: None })
            }
            [Node::Text(text), Node::Text(stat), Node::Number(period)] if *period >= 1.0 => {
                let period = Some(*period as i64);
                Ok(Self { text: text.clone(), stat: stat.clone(), period })
            }
            _ => unsound("SEARCH takes a search expression, a statistic and a period"),
        }
    }
}

impl Node {
    fn visit<'n>(&'n self, see: &mut dyn FnMut(&'n Self)) {
        see(self);
        match self {
            Self::Number(_) | Self::Text(_) | Self::Name(_) => {}
            Self::List(nodes) | Self::Call(_, nodes) => {
                nodes.iter().for_each(|node| node.visit(see));
            }
            Self::Negative(node) => node.visit(see),
            Self::Binary(_, left, right) => {
                left.visit(see);
                right.visit(see);
            }
        }
    }
}

#[cfg(test)]
mod tests;
