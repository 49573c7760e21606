//! Answers queries: reads their metrics and calculates their expressions.

use std::collections::BTreeMap;

use strongroom_api::Result;
use strongroom_store::Direction;

use crate::math::search::Pattern;
use crate::math::{Scope, Search, Series, Unsound, Value};
use crate::metric::{Kept, Metric};
use crate::paths::Home;
use crate::queries::{Answer, MOST_PERIODS, Plan, Source, Times, is_period, wrong_period};
use crate::read::Wanted;
use crate::shapes::{MetricDataQuery, MetricRef, MetricStat, Period};
use crate::statistic::Stat;
use crate::{Cloudwatch, error};

/// The most series that one search yields.
const MOST_FOUND: usize = 100;
/// The most metrics that one search looks through.
const MOST_SEARCHED: usize = 20_000;

impl Cloudwatch {
    /// Answers the queries of `plan`: those whose results are returned, in their order. An expression
    /// over several series has an answer for each.
    ///
    /// # Errors
    /// What keeps the store from answering, and requests for too much.
    pub(crate) async fn answer(
        &self,
        home: Home<'_>,
        plan: &Plan<'_>,
        times: Times,
    ) -> Result<Vec<Answer>> {
        let mut room = Room { plan, times, values: BTreeMap::new(), found: Vec::new() };
        for step in &plan.steps {
            match &step.source {
                Source::Metric { metric, stat, asked } => {
                    let series = self.series(home, metric, *stat, asked, times).await?;
                    room.values.insert(&step.query.id.0, Ok(Value::Series(series)));
                }
                Source::Expression(expression) => {
                    for search in expression.searches().unwrap_or_default() {
                        let found = self.search(home, &search, step.query, times).await?;
                        room.found.push((search, found));
                    }
                }
            }
        }
        room.calculate();
        Ok(room.answers())
    }

    async fn series(
        &self,
        home: Home<'_>,
        metric: &Metric,
        stat: Stat,
        asked: &MetricStat,
        times: Times,
    ) -> Result<Series> {
        let period = i64::from(asked.period.0);
        if (times.to - times.from) / period > MOST_PERIODS {
            return Err(error::validation(format!(
                "A query cannot span more than {MOST_PERIODS} periods; choose a longer period"
            )));
        }
        let from = times.from - (times.from - times.origin).rem_euclid(period);
        let wanted =
            Wanted { metric, from, to: times.to, period, origin: times.origin, unit: asked.unit };
        let samples = self.samples(home, wanted).await.map_err(error::of_record)?;
        // Of several units the last one in AWS's list counts; who mixes units says which one is meant.
        let points = samples.iter().filter_map(|((_, at), cell)| Some((*at, stat.of(cell)?)));
        Ok(Series { label: metric.name.clone(), period, points: points.collect() })
    }

    async fn search(
        &self,
        home: Home<'_>,
        search: &Search,
        query: &MetricDataQuery,
        times: Times,
    ) -> Result<Vec<Series>> {
        let (Ok(pattern), Some(stat)) = (Pattern::parse(&search.text), Stat::parse(&search.stat))
        else {
            return Ok(Vec::new());
        };
        let own = query.period.map(|period| i64::from(period.0));
        let period = search.period.or(own).unwrap_or(300);
        let period = i32::try_from(period).ok().filter(|period| is_period(*period));
        let period = period.ok_or_else(wrong_period)?;
        let mut found = Vec::new();
        for metric in self.matching(home, &pattern).await? {
            let asked = MetricStat {
                metric: MetricRef { namespace: None, metric_name: None, dimensions: None },
                period: Period(period),
                stat: search.stat.clone(),
                unit: None,
            };
            let mut series = self.series(home, &metric, stat, &asked, times).await?;
            series.label = label(&metric);
            found.push(series);
        }
        Ok(found)
    }

    async fn matching(&self, home: Home<'_>, pattern: &Pattern) -> Result<Vec<Metric>> {
        let mut range = home.metrics(pattern.namespace(), None);
        let mut matching = Vec::new();
        let mut searched = 0;
        loop {
            let page = self.records.scan::<Kept>(range.clone(), Direction::Forward, 1_000).await;
            let page = page.map_err(error::of_record)?;
            searched += page.records.len();
            let metrics = page.records.iter().map(|kept| &kept.metric);
            matching.extend(metrics.filter(|metric| pattern.matches(metric)).cloned());
            matching.truncate(MOST_FOUND);
            match page.records.last() {
                Some(last)
                    if page.more && matching.len() < MOST_FOUND && searched < MOST_SEARCHED =>
                {
                    range = range.after(&last.key);
                }
                _ => return Ok(matching),
            }
        }
    }
}

/// What tells a metric that was found from others: its dimensions' values and its name.
fn label(metric: &Metric) -> String {
    let values = metric.dimensions.iter().map(|(_, value)| value.as_str());
    values.chain([metric.name.as_str()]).collect::<Vec<_>>().join(" ")
}

/// Where expressions are calculated.
struct Room<'r> {
    plan: &'r Plan<'r>,
    times: Times,
    values: BTreeMap<&'r str, Result<Value, Unsound>>,
    found: Vec<(Search, Vec<Series>)>,
}

impl<'r> Room<'r> {
    /// Expressions over expressions come after them; `check_names` has seen to it that this ends.
    fn calculate(&mut self) {
        for _ in 0..self.plan.steps.len() {
            let mut is_done = true;
            for step in &self.plan.steps {
                let id = step.query.id.0.as_str();
                let Source::Expression(expression) = &step.source else { continue };
                if self.values.contains_key(id) {
                    continue;
                }
                let names = expression.names();
                let waits = |name: &&str| {
                    self.plan.place(name).is_some() && !self.values.contains_key(name)
                };
                if names.iter().any(waits) {
                    is_done = false;
                    continue;
                }
                let value = expression.evaluate(&*self);
                self.values.insert(id, value);
            }
            if is_done {
                return;
            }
        }
    }

    fn answers(&self) -> Vec<Answer> {
        let mut answers = Vec::new();
        for step in &self.plan.steps {
            if !step.query.return_data.unwrap_or(true) {
                continue;
            }
            let id = &step.query.id.0;
            let (series, trouble) = match self.values.get(id.as_str()) {
                Some(Ok(value)) => (self.series_of(value, step.query), None),
                Some(Err(unsound)) => (Vec::new(), Some(unsound.0.clone())),
                None => (Vec::new(), Some("it was not calculated".to_owned())),
            };
            let own = step.query.label.clone();
            if trouble.is_some() {
                let label = own.unwrap_or_else(|| id.clone());
                answers.push(Answer { id: id.clone(), label, series: Series::default(), trouble });
                continue;
            }
            for series in series {
                let usual = if series.label.is_empty() { id } else { &series.label };
                let label = own.clone().unwrap_or_else(|| usual.clone());
                answers.push(Answer { id: id.clone(), label, series, trouble: None });
            }
        }
        answers
    }

    fn series_of(&self, value: &Value, query: &MetricDataQuery) -> Vec<Series> {
        let is_expression = query.expression.is_some();
        match value {
            Value::Series(series) => {
                let label = if is_expression { String::new() } else { series.label.clone() };
                vec![Series { label, ..series.clone() }]
            }
            Value::Many(many) => many.clone(),
            Value::Number(number) => {
                let period = query.period.map_or(self.period(), |period| i64::from(period.0));
                let points = self.times(period).into_iter().map(|at| (at, *number));
                let points = points.filter(|(_, number)| number.is_finite()).collect();
                vec![Series { label: String::new(), period, points }]
            }
            Value::Text(_) => Vec::new(),
        }
    }

    /// The shortest period of the request's metrics.
    fn period(&self) -> i64 {
        let periods = self.plan.steps.iter().filter_map(|step| match &step.source {
            Source::Metric { asked, .. } => Some(i64::from(asked.period.0)),
            Source::Expression(_) => None,
        });
        periods.min().unwrap_or(60)
    }
}

impl Scope for Room<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        self.values.get(name)?.as_ref().ok().cloned()
    }

    fn metrics(&self, text: &str) -> Vec<Series> {
        let steps = self.plan.steps.iter().filter(|step| {
            matches!(step.source, Source::Metric { .. }) && step.query.id.0.contains(text)
        });
        steps
            .filter_map(|step| match self.value(&step.query.id.0) {
                Some(Value::Series(series)) => {
                    let label = step.query.label.clone().unwrap_or(series.label);
                    Some(Series { label, ..series })
                }
                _ => None,
            })
            .collect()
    }

    fn found(&self, search: &Search) -> Vec<Series> {
        let found = self.found.iter().find(|(other, _)| other == search);
        found.map(|(_, series)| series.clone()).unwrap_or_default()
    }

    fn times(&self, period: i64) -> Vec<i64> {
        let Times { from, to, origin } = self.times;
        let period = period.max(1);
        let first = from - (from - origin).rem_euclid(period);
        let count = ((to - first + period - 1) / period).clamp(0, MOST_PERIODS);
        (0..count).map(|step| first + step * period).collect()
    }
}
