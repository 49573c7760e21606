//! What an alarm makes of its datapoints. Pure: the points go in, a verdict comes out.
//!
//! The rules are those of "Configuring how CloudWatch alarms treat missing data" in AWS's user guide,
//! whose tables are the tests.

use std::fmt::Write as _;

use crate::labels;
use crate::shapes::{ComparisonOperator, StateValue};

/// One period of the evaluation range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When the period begins, in seconds since the epoch.
    pub at: i64,
    /// The figure; `None` when there are no data.
    pub value: Option<f64>,
}

/// What an alarm asks of its points.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The points of the evaluation range, the newest last.
    pub points: &'a [Point],
    /// How many periods are looked at.
    pub periods: usize,
    /// How many of them must breach.
    pub datapoints: usize,
    /// Whether [`datapoints`](Self::datapoints) was chosen, which shows in the words of the reason.
    pub chosen: bool,
    /// How points are held against the threshold.
    pub comparison: ComparisonOperator,
    /// The threshold.
    pub threshold: f64,
    /// What missing data mean.
    pub missing: Missing,
    /// The state so far.
    pub state: StateValue,
}

/// What missing data mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// That nothing is known.
    Missing,
    /// Nothing: the state stays.
    Ignore,
    /// That the threshold is breached.
    Breaching,
    /// That it is not.
    NotBreaching,
}

/// What became of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The state.
    pub state: StateValue,
    /// Why, in AWS's words.
    pub reason: String,
    /// The points that decided, the newest first.
    pub evaluated: Vec<Point>,
}

/// Periods that are looked at beyond those of the alarm, in case some have no data.
pub const EXTRA_PERIODS: usize = 2;

impl Missing {
    /// What `TreatMissingData` says.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("missing") => Some(Self::Missing),
            Some("ignore") => Some(Self::Ignore),
            Some("breaching") => Some(Self::Breaching),
            Some("notBreaching") => Some(Self::NotBreaching),
            Some(_) => None,
        }
    }
}

/// The verdict; its state is the one that was when nothing else can be said.
#[must_use]
pub fn decide(question: &Question<'_>) -> Verdict {
    let Question { points, periods, datapoints, missing, state, .. } = *question;
    let newest = points.iter().rev();
    let evaluated: Vec<Point> =
        newest.filter(|point| point.value.is_some()).copied().take(periods.max(1)).collect();
    let breaching = evaluated.iter().filter(|point| question.breaches(point)).count();
    let gaps = periods.saturating_sub(evaluated.len());
    let decided = if gaps == 0 || breaching >= datapoints {
        alarm_if(breaching >= datapoints)
    } else {
        match missing {
            Missing::Breaching => alarm_if(breaching + gaps >= datapoints),
            Missing::NotBreaching => StateValue::Ok,
            Missing::Ignore if evaluated.len() > breaching => StateValue::Ok,
            Missing::Ignore => state,
            Missing::Missing if evaluated.is_empty() => StateValue::InsufficientData,
            Missing::Missing if evaluated.len() > breaching => StateValue::Ok,
            // Everything that is known breaches. Once the first of it is old enough, waiting for more
            // would only delay the alarm.
            Missing::Missing if oldest_age(points, periods) >= datapoints => StateValue::Alarm,
            Missing::Missing => state,
        }
    };
    let reason = question.reason(decided, &evaluated, gaps);
    Verdict { state: decided, reason, evaluated }
}

/// How many periods ago the oldest point with data began, counting the newest period as 1.
fn oldest_age(points: &[Point], periods: usize) -> usize {
    let mut within = points.iter().rev().take(periods.max(1)).enumerate();
    let oldest = within.rfind(|(_, point)| point.value.is_some());
    // Data older than the alarm's own periods are old enough for any number of them.
    oldest.map_or(periods, |(age, _)| age + 1)
}

fn alarm_if(breached: bool) -> StateValue {
    if breached { StateValue::Alarm } else { StateValue::Ok }
}

impl Question<'_> {
    fn breaches(&self, point: &Point) -> bool {
        let Some(value) = point.value else { return false };
        match self.comparison {
            ComparisonOperator::GreaterThanOrEqualToThreshold => value >= self.threshold,
            ComparisonOperator::GreaterThanThreshold => value > self.threshold,
            ComparisonOperator::LessThanThreshold => value < self.threshold,
            ComparisonOperator::LessThanOrEqualToThreshold => value <= self.threshold,
            // Anomaly bands, which PutMetricAlarm refuses.
            _ => false,
        }
    }

    fn reason(&self, state: StateValue, evaluated: &[Point], gaps: usize) -> String {
        if state == StateValue::InsufficientData {
            let unknown = counted(self.periods, "datapoint was", "datapoints were");
            return format!("Insufficient Data: {unknown} unknown.");
        }
        if evaluated.is_empty() {
            let treated = match self.missing {
                Missing::Breaching => "Breaching",
                Missing::NotBreaching => "NonBreaching",
                Missing::Ignore => "Ignore",
                Missing::Missing => "Missing",
            };
            let periods = counted(self.periods, "period", "periods");
            let missing = counted(gaps, "missing datapoint was", "missing datapoints were");
            return format!(
                "Threshold Crossed: no datapoints were received for {periods} and {missing} \
                 treated as [{treated}]."
            );
        }
        self.crossed(state, evaluated)
    }

    /// `Threshold Crossed: 1 datapoint [21.5 (31/01/26 10:20:00)] was greater than the threshold (21.0).`
    fn crossed(&self, state: StateValue, evaluated: &[Point]) -> String {
        let is_alarm = state == StateValue::Alarm;
        let telling: Vec<_> =
            evaluated.iter().filter(|point| self.breaches(point) == is_alarm).collect();
        let mut listed = String::new();
        for point in &telling {
            let separator = if listed.is_empty() { "" } else { ", " };
            let value = point.value.unwrap_or_default();
            let _infallible = write!(listed, "{separator}{value:?} ({})", labels::short(point.at));
        }
        let count = telling.len();
        let (were, not) = (if count == 1 && !self.chosen { "was" } else { "were" }, !is_alarm);
        let were = if self.chosen && self.periods == 1 { "was" } else { were };
        let relation = labels::comparison(self.comparison);
        let not = if not { "not " } else { "" };
        let threshold = self.threshold;
        if !self.chosen {
            let datapoints = if count == 1 { "datapoint" } else { "datapoints" };
            return format!(
                "Threshold Crossed: {count} {datapoints} [{listed}] {were} {not}{relation} the \
                 threshold ({threshold:?})."
            );
        }
        let (needed, transition) = match is_alarm {
            true => (self.datapoints, "OK -> ALARM"),
            false => (self.periods + 1 - self.datapoints.min(self.periods), "ALARM -> OK"),
        };
        let minimum = counted(needed, "datapoint", "datapoints");
        format!(
            "Threshold Crossed: {count} out of the last {} datapoints [{listed}] {were} {not}{relation} \
             the threshold ({threshold:?}) (minimum {minimum} for {transition} transition).",
            self.periods
        )
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(drawn: &str) -> Vec<Point> {
        let value = |c: char| match c {
            '0' => Some(0.0),
            'X' => Some(5.0),
            _ => None,
        };
        let point = |(index, c): (usize, char)| Point { at: index as i64 * 60, value: value(c) };
        drawn.chars().enumerate().map(point).collect()
    }

    fn ask<'a>(points: &'a [Point], datapoints: usize, missing: Missing) -> Question<'a> {
        Question {
            points,
            periods: 3,
            datapoints,
            chosen: datapoints != 3,
            comparison: ComparisonOperator::GreaterThanThreshold,
            threshold: 1.0,
            missing,
            state: StateValue::InsufficientData,
        }
    }

    /// Letters: A alarm, O ok, I insufficient data, K the state is kept.
    fn verdicts(drawn: &str, datapoints: usize) -> String {
        let points = points(drawn);
        let kinds = [Missing::Missing, Missing::Ignore, Missing::Breaching, Missing::NotBreaching];
        let letter = |missing| {
            let from =
                |state| decide(&Question { state, ..ask(&points, datapoints, missing) }).state;
            let outcomes = [StateValue::Ok, StateValue::Alarm, StateValue::InsufficientData];
            if outcomes.iter().all(|state| from(*state) == *state) {
                return 'K';
            }
            match from(StateValue::Ok) {
                StateValue::Ok => 'O',
                StateValue::Alarm => 'A',
                StateValue::InsufficientData => 'I',
            }
        };
        kinds.into_iter().map(letter).collect()
    }

    #[test]
    fn the_table_of_three_out_of_three_holds() {
        for (drawn, expected) in [
            ("0-X-X", "OOOO"),
            ("0----", "OOOO"),
            ("-----", "IKAO"),
            ("0XX-X", "AAAA"),
            ("--X--", "AKAO"),
        ] {
            assert_eq!(verdicts(drawn, 3), expected, "{drawn}");
        }
    }

    #[test]
    fn the_table_of_two_out_of_three_holds() {
        for (drawn, expected) in [
            ("0-X-X", "AAAA"),
            ("00X0X", "AAAA"),
            ("0-X--", "OOAO"),
            ("----0", "OOAO"),
            ("---X-", "AKAO"),
        ] {
            assert_eq!(verdicts(drawn, 2), expected, "{drawn}");
        }
    }

    #[test]
    fn an_alarm_does_not_go_off_before_its_first_breach_is_old_enough() {
        for drawn in ["----X", "---X-"] {
            assert_eq!(verdicts(drawn, 3).chars().next(), Some('K'), "{drawn}");
        }
    }

    #[test]
    fn one_breach_of_one_period_is_an_alarm_whatever_is_missing() {
        let points = points("--X");
        let question = Question { periods: 1, datapoints: 1, ..ask(&points, 1, Missing::Missing) };
        let verdict = decide(&Question { chosen: false, ..question });
        assert_eq!(verdict.state, StateValue::Alarm);
        assert_eq!(
            verdict.reason,
            "Threshold Crossed: 1 datapoint [5.0 (01/01/70 00:02:00)] was greater than the \
             threshold (1.0)."
        );
    }

    #[test]
    fn reasons_are_in_aws_words() {
        let reason = |drawn: &str, datapoints, missing| {
            decide(&ask(&points(drawn), datapoints, missing)).reason
        };
        assert_eq!(
            reason("00X0X", 2, Missing::Missing),
            "Threshold Crossed: 2 out of the last 3 datapoints [5.0 (01/01/70 00:04:00), 5.0 \
             (01/01/70 00:02:00)] were greater than the threshold (1.0) (minimum 2 datapoints for \
             OK -> ALARM transition)."
        );
        assert_eq!(
            reason("--000", 3, Missing::Missing),
            "Threshold Crossed: 3 datapoints [0.0 (01/01/70 00:04:00), 0.0 (01/01/70 00:03:00), 0.0 \
             (01/01/70 00:02:00)] were not greater than the threshold (1.0)."
        );
        assert_eq!(
            reason("-----", 3, Missing::Breaching),
            "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints \
             were treated as [Breaching]."
        );
        assert_eq!(
            reason("-----", 3, Missing::Missing),
            "Insufficient Data: 3 datapoints were unknown."
        );
    }
}
