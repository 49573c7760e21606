//! Reads an expression. The loosest operators first: OR, AND, comparisons, sums, products, powers.

use super::lexer::{Word, words};
use super::{Node, Operator, Unsound, unsound};

/// Deeper than anybody writes.
const DEEPEST: usize = 40;
/// A chain of operators nests as deeply as it has words, so there is a bound on them, too.
const MOST_WORDS: usize = 600;

pub(super) fn parse(text: &str) -> Result<Node, Unsound> {
    let words = words(text)?;
    if words.len() > MOST_WORDS {
        return unsound("The expression is too long");
    }
    let mut parser = Parser { words: &words, at: 0, depth: 0 };
    let node = parser.level(0)?;
    match parser.peek() {
        None => Ok(node),
        Some(word) => unsound(format!("Unexpected {word}")),
    }
}

struct Parser<'w> {
    words: &'w [Word],
    at: usize,
    depth: usize,
}

const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("||", Operator::Or), ("OR", Operator::Or)],
    &[("&&", Operator::And), ("AND", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Over)],
];

/// Every function that is offered, in alphabetical order.
const FUNCTIONS: [&str; 34] = [
    "ABS",
    "AVG",
    "CEIL",
    "DATAPOINT_COUNT",
    "DATE",
    "DAY",
    "DIFF",
    "DIFF_TIME",
    "EPOCH",
    "FILL",
    "FIRST",
    "FLOOR",
    "HOUR",
    "IF",
    "LAST",
    "LOG",
    "LOG10",
    "MAX",
    "METRICS",
    "METRIC_COUNT",
    "MIN",
    "MINUTE",
    "MONTH",
    "PERIOD",
    "RATE",
    "REMOVE_EMPTY",
    "RUNNING_SUM",
    "SEARCH",
    "SLICE",
    "SORT",
    "STDDEV",
    "SUM",
    "TIME_SERIES",
    "YEAR",
];

impl<'w> Parser<'w> {
    fn peek(&self) -> Option<&'w Word> {
        self.words.get(self.at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_it = match self.peek() {
            Some(Word::Sign(found)) => *found == sign,
            Some(Word::Name(found)) => found == sign,
            _ => false,
        };
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, sign: &str) -> Result<(), Unsound> {
        if self.takes(sign) { Ok(()) } else { unsound(format!("Expected '{sign}'")) }
    }

    fn level(&mut self, level: usize) -> Result<Node, Unsound> {
        let Some(operators) = LEVELS.get(level) else { return self.power() };
        let mut left = self.level(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.takes(sign)) {
            let right = self.level(level + 1)?;
            left = Node::Binary(*operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Node, Unsound> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return unsound("The expression is nested too deeply");
        }
        let node = if self.takes("-") {
            Node::Negative(Box::new(self.power()?))
        } else {
            let base = self.atom()?;
            match self.takes("^") {
                true => Node::Binary(Operator::Power, Box::new(base), Box::new(self.power()?)),
                false => base,
            }
        };
        self.depth -= 1;
        Ok(node)
    }

    fn atom(&mut self) -> Result<Node, Unsound> {
        let word = self.peek();
        self.at += 1;
        match word {
            Some(Word::Number(number)) => Ok(Node::Number(*number)),
            Some(Word::Text(text)) => Ok(Node::Text(text.clone())),
            Some(Word::Name(name)) if self.takes("(") => {
                let function = name.to_ascii_uppercase();
                if !FUNCTIONS.contains(&function.as_str()) {
                    return unsound(format!("Unknown function {name}"));
                }
                Ok(Node::Call(function, self.nodes(")")?))
            }
            Some(Word::Name(name)) => Ok(Node::Name(name.clone())),
            Some(Word::Sign("[")) => Ok(Node::List(self.nodes("]")?)),
            Some(Word::Sign("(")) => {
                let node = self.level(0)?;
                self.expect(")")?;
                Ok(node)
            }
            Some(word) => unsound(format!("Unexpected {word}")),
            None => unsound("The expression ends too early"),
        }
    }

    /// What stands between commas up to `end`.
    fn nodes(&mut self, end: &str) -> Result<Vec<Node>, Unsound> {
        let mut nodes = Vec::new();
        if self.takes(end) {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.level(0)?);
            if self.takes(end) {
                return Ok(nodes);
            }
            self.expect(",")?;
        }
    }
}
