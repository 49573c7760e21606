//! Queries: metrics and expressions over them, as GetMetricData and alarms ask for them.

use strongroom_api::Result;

use crate::error;
use crate::math::search::Pattern;
use crate::math::{Expression, Series};
use crate::metric::Metric;
use crate::shapes::{MetricDataQuery, MetricStat};
use crate::statistic::Stat;

/// Queries that make sense.
#[derive(Clone, Debug)]
pub struct Plan<'q> {
    pub(crate) steps: Vec<Step<'q>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Step<'q> {
    pub(crate) query: &'q MetricDataQuery,
    pub(crate) source: Source<'q>,
}

#[derive(Clone, Debug)]
pub(crate) enum Source<'q> {
    Metric { metric: Metric, stat: Stat, asked: &'q MetricStat },
    Expression(Expression),
}

/// The times that are asked about, in seconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// From when, included.
    pub from: i64,
    /// Until when, excluded.
    pub to: i64,
    /// Where periods are counted from.
    pub origin: i64,
}

/// What a query came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The query's id.
    pub id: String,
    /// How the result is called.
    pub label: String,
    /// The figures.
    pub series: Series,
    /// Why there are none.
    pub trouble: Option<String>,
}

/// The most queries of a request.
const MOST_QUERIES: usize = 500;
/// The most periods that a query spans: 455 days of hours, or two weeks of minutes.
pub const MOST_PERIODS: i64 = 21_600;

/// Whether AWS takes this period for a metric.
#[must_use]
pub fn is_period(seconds: i32) -> bool {
    matches!(seconds, 1 | 5 | 10 | 20 | 30) || (seconds >= 60 && seconds % 60 == 0)
}

impl<'q> Plan<'q> {
    /// Checks `queries` of the account.
    ///
    /// # Errors
    /// ValidationError, in words for the author of the queries.
    pub fn of(queries: &'q [MetricDataQuery], account: &str) -> Result<Self> {
        if queries.len() > MOST_QUERIES {
            return Err(error::validation(format!(
                "The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}."
            )));
        }
        let mut steps: Vec<Step<'q>> = Vec::with_capacity(queries.len());
        for query in queries {
            if steps.iter().any(|step| step.query.id == query.id) {
                return Err(error::validation(format!(
                    "The values for parameter id in MetricDataQueries are not unique: {}",
                    query.id.0
                )));
            }
            steps.push(Step { query, source: Source::of(query, account)? });
        }
        let plan = Self { steps };
        plan.check_names()?;
        Ok(plan)
    }

    /// How many results are returned.
    #[must_use]
    pub fn returned(&self) -> usize {
        self.steps.iter().filter(|step| step.query.return_data.unwrap_or(true)).count()
    }

    /// Names must lead to queries, and never back to where they came from.
    fn check_names(&self) -> Result<()> {
        for step in &self.steps {
            let Source::Expression(expression) = &step.source else { continue };
            // Ids begin with a small letter; what does not is a word of some function.
            let is_id = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
            let names = expression.names();
            let unknown = names.iter().find(|name| is_id(name) && self.place(name).is_none());
            if let Some(name) = unknown {
                let why = format!("Unknown id {name}");
                return Err(in_expression(&step.query.id.0, &why));
            }
        }
        let mut settled = vec![false; self.steps.len()];
        // Every round settles the expressions over those settled before it.
        for _ in 0..=self.steps.len() {
            let before = settled.clone();
            for (place, step) in self.steps.iter().enumerate() {
                let Source::Expression(expression) = &step.source else {
                    settled[place] = true;
                    continue;
                };
                settled[place] = expression.names().iter().all(|name| match self.place(name) {
                    Some(other) => before[other],
                    None => true,
                });
            }
            if settled == before {
                break;
            }
        }
        match settled.iter().position(|is| !is) {
            None => Ok(()),
            Some(place) => Err(in_expression(&self.steps[place].query.id.0, "it refers to itself")),
        }
    }

    /// The place of the query with this id.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.query.id.0 == name)
    }
}

impl<'q> Source<'q> {
    fn of(query: &'q MetricDataQuery, account: &str) -> Result<Self> {
        let id = &query.id.0;
        let is_id = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_id {
            return Err(error::validation(format!(
                "The value {id} for parameter Id is not matching the expected pattern \
                 ^[a-z][a-zA-Z0-9_]*$."
            )));
        }
        if query.account_id.as_ref().is_some_and(|other| other != account) {
            return Err(error::not_offered("A metric of another account"));
        }
        match (&query.metric_stat, &query.expression) {
            (Some(asked), None) => {
                let metric = Metric::of_reference(&asked.metric)?;
                let stat = Stat::parse(&asked.stat).ok_or_else(|| unknown_stat(&asked.stat))?;
                if !is_period(asked.period.0) {
                    return Err(wrong_period());
                }
                Ok(Self::Metric { metric, stat, asked })
            }
            (None, Some(expression)) => {
                let read = Expression::parse(expression);
                let read = read.map_err(|unsound| in_expression(id, &unsound.0))?;
                for search in read.searches().map_err(|unsound| in_expression(id, &unsound.0))? {
                    Pattern::parse(&search.text)
                        .map_err(|unsound| in_expression(id, &unsound.0))?;
                    Stat::parse(&search.stat).ok_or_else(|| unknown_stat(&search.stat))?;
                }
                Ok(Self::Expression(read))
            }
            _ => Err(error::validation(
                "Exactly one of MetricStat and Expression must be given for each MetricDataQuery.",
            )),
        }
    }
}

fn in_expression(id: &str, what: &str) -> strongroom_api::Error {
    error::validation(format!("Error in expression '{id}': {what}"))
}

/// A statistic that AWS does not have.
pub fn unknown_stat(stat: &str) -> strongroom_api::Error {
    error::validation(format!("The value {stat} for parameter Stat is not supported."))
}

/// A period that AWS does not take.
pub fn wrong_period() -> strongroom_api::Error {
    error::validation("Period must be 1, 5, 10, 20, 30 or a multiple of 60")
}
