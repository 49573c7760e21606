//! An explanation in words.

use std::fmt;

use super::{ConditionExplanation, Explanation, Outcome, PolicyExplanation, StatementExplanation};
use crate::Effect;
use crate::certainty::Certainty;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.allowed { "allowed" } else { "denied" };
        writeln!(f, "{verdict}: {} to {} on {}", self.principal, self.action, self.resource)?;
        if let Some(message) = &self.message {
            writeln!(f, "  the caller is told: {message}")?;
        }
        for missing in &self.missing {
            writeln!(f, "  missing: an Allow in {}", missing.with_article())?;
        }
        for grant in &self.grants {
            writeln!(f, "  grant {grant} allows")?;
        }
        self.policies.iter().try_for_each(|policy| policy.fmt(f))
    }
}

impl fmt::Display for PolicyExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.policy_type.name())?;
        if let Some(name) = self.arn.as_ref().or(self.name.as_ref()) {
            write!(f, " {name}")?;
        }
        if let Some(level) = self.level {
            write!(f, " (level {level})")?;
        }
        writeln!(
            f,
            ": {}",
            match self.outcome {
                Outcome::Denies => "denies",
                Outcome::Allows => "allows",
                Outcome::Silent => "says nothing",
            }
        )?;
        self.statements.iter().try_for_each(|statement| statement.fmt(f))
    }
}

impl fmt::Display for StatementExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "    statement {}", self.index + 1)?;
        if let Some(sid) = &self.sid {
            write!(f, " \"{sid}\"")?;
        }
        write!(f, " at line {}, column {}: ", self.line, self.column)?;
        let effect = if self.effect == Effect::Allow { "allows" } else { "denies" };
        if self.took_effect {
            return writeln!(f, "{effect}");
        }
        let elements = [
            (self.principal.unwrap_or(Certainty::Yes), "principal"),
            (self.action, "action"),
            (self.resource, "resource"),
        ];
        let other = elements.iter().find(|(certainty, _)| *certainty != Certainty::Yes);
        match (other, self.conditions.iter().find(|condition| condition.met != Certainty::Yes)) {
            (Some((Certainty::Doubt, element)), _) => {
                writeln!(f, "does not apply: its {element} is in doubt")
            }
            (Some((_, element)), _) => writeln!(f, "does not apply: another {element}"),
            (None, Some(condition)) => writeln!(f, "does not apply: {condition}"),
            (None, None) => writeln!(f, "does not apply"),
        }
    }
}

impl fmt::Display for ConditionExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.operator, self.key, self.expected)?;
        match &*self.found {
            [] => write!(f, " against a key that the request does not have"),
            found => write!(f, " against {found:?}"),
        }
    }
}
