//! The rules of composite alarms: `ALARM(a) AND NOT (OK("b c") OR INSUFFICIENT_DATA(d))`.

use crate::shapes::StateValue;

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// `TRUE` or `FALSE`.
    Always(bool),
    /// An alarm, by name or ARN, is in a state.
    Is(StateValue, String),
    /// It does not hold.
    Not(Box<Rule>),
    /// All hold.
    All(Vec<Rule>),
    /// One holds.
    Any(Vec<Rule>),
}

/// A text that is no rule, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

const DEEPEST: usize = 30;
/// AWS's bound on the alarms that a rule names.
const MOST_ALARMS: usize = 100;

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut reader = Reader { rest: text, depth: 0 };
        let rule = reader.any()?;
        if !reader.rest.trim_start().is_empty() {
            return malformed("it goes on after its end");
        }
        if rule.alarms().len() > MOST_ALARMS {
            return malformed("it names more than 100 alarms");
        }
        Ok(rule)
    }

    /// The alarms that it names, by name or ARN, each once.
    #[must_use]
    pub fn alarms(&self) -> Vec<&str> {
        let mut alarms = Vec::new();
        self.gather(&mut alarms);
        alarms
    }

    /// Whether it holds when alarms are in these states.
    pub fn holds(&self, state: &dyn Fn(&str) -> StateValue) -> bool {
        match self {
            Self::Always(always) => *always,
            Self::Is(wanted, alarm) => state(alarm) == *wanted,
            Self::Not(rule) => !rule.holds(state),
            Self::All(rules) => rules.iter().all(|rule| rule.holds(state)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(state)),
        }
    }

    fn gather<'r>(&'r self, alarms: &mut Vec<&'r str>) {
        match self {
            Self::Always(_) => {}
            Self::Is(_, alarm) if alarms.contains(&alarm.as_str()) => {}
            Self::Is(_, alarm) => alarms.push(alarm),
            Self::Not(rule) => rule.gather(alarms),
            Self::All(rules) | Self::Any(rules) => {
                rules.iter().for_each(|rule| rule.gather(alarms));
            }
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn any(&mut self) -> Result<Rule, Malformed> {
        let mut rules = vec![self.all()?];
        while self.takes_word("OR") {
            rules.push(self.all()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::Any(rules) })
    }

    fn all(&mut self) -> Result<Rule, Malformed> {
        let mut rules = vec![self.one()?];
        while self.takes_word("AND") {
            rules.push(self.one()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::All(rules) })
    }

    fn one(&mut self) -> Result<Rule, Malformed> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return malformed("it is nested too deeply");
        }
        let rule = self.part()?;
        self.depth -= 1;
        Ok(rule)
    }

    fn part(&mut self) -> Result<Rule, Malformed> {
        if self.takes_word("NOT") {
            return Ok(Rule::Not(Box::new(self.one()?)));
        }
        if self.takes_word("TRUE") {
            return Ok(Rule::Always(true));
        }
        if self.takes_word("FALSE") {
            return Ok(Rule::Always(false));
        }
        let states = [
            ("ALARM", StateValue::Alarm),
            ("OK", StateValue::Ok),
            ("INSUFFICIENT_DATA", StateValue::InsufficientData),
        ];
        for (word, state) in states {
            if self.takes_word(word) {
                self.expect('(')?;
                let alarm = self.alarm()?;
                self.expect(')')?;
                return Ok(Rule::Is(state, alarm));
            }
        }
        self.expect('(')?;
        let rule = self.any()?;
        self.expect(')')?;
        Ok(rule)
    }

    /// A name in quotes, or everything up to a parenthesis.
    fn alarm(&mut self) -> Result<String, Malformed> {
        let rest = self.rest.trim_start();
        let (name, after) = match rest.strip_prefix(['"', '\'']) {
            Some(quoted) => {
                let quote = &rest[..1];
                match quoted.split_once(quote) {
                    Some(parts) => parts,
                    None => return malformed("a name is not closed"),
                }
            }
            None => {
                let end = rest.find(['(', ')', '"']).unwrap_or(rest.len());
                (rest[..end].trim_end(), &rest[end..])
            }
        };
        if name.is_empty() {
            return malformed("a name is missing");
        }
        self.rest = after;
        Ok(name.to_owned())
    }

    fn expect(&mut self, sign: char) -> Result<(), Malformed> {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(after) => {
                self.rest = after;
                Ok(())
            }
            None => malformed(format!("'{sign}' is missing")),
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let Some(after) = self.rest.trim_start().strip_prefix(word) else { return false };
        let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if !goes_on {
            self.rest = after;
        }
        !goes_on
    }
}

fn malformed<T>(what: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed(what.into()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn holds(text: &str) -> bool {
        Rule::parse(text).unwrap().holds(&|alarm| match alarm {
            "a" => StateValue::Alarm,
            "b c" => StateValue::Ok,
            _ => StateValue::InsufficientData,
        })
    }

    #[test]
    fn rules_read_as_they_are_said() {
        for (text, expected) in [
            ("ALARM(a)", true),
            ("ALARM(\"a\") AND OK('b c')", true),
            ("ALARM(a) AND NOT OK(b c)", false),
            ("FALSE OR INSUFFICIENT_DATA(d) AND TRUE", true),
            ("(ALARM(x) OR OK(x)) AND ALARM(a)", false),
            ("NOT (ALARM(x) OR OK(x))", true),
        ] {
            assert_eq!(holds(text), expected, "{text}");
        }
        let rule = Rule::parse("ALARM(a) OR (OK(b c) AND NOT ALARM(a))").unwrap();
        assert_eq!(rule.alarms(), ["a", "b c"]);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "ALARM",
            "ALARM(",
            "ALARM()",
            "ALARM(a) OK(b)",
            "ALARM(a) AND",
            "alarm(a)",
            "(ALARM(a)",
            "ALARM(\"a)",
            "NOT",
            "ALARMS(a)",
            &"(".repeat(5_000),
            &"NOT ".repeat(2_000),
        ] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
        let many = (0..101).map(|n| format!("ALARM(a{n})")).collect::<Vec<_>>().join(" OR ");
        assert!(Rule::parse(&many).is_err());
    }
}
