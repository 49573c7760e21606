//! Evaluates an alarm over figures: reads its points and lets [`evaluation`](crate::evaluation) decide.

use std::collections::BTreeMap;

use serde_json::json;
use strongroom_api::{Result, Timestamp};

use crate::alarm::{Alarm, Figures, Threshold};
use crate::change::Became;
use crate::evaluation::{self, EXTRA_PERIODS, Missing, Point, Question, Verdict};
use crate::paths::Home;
use crate::queries::{Plan, Times};
use crate::read::Wanted;
use crate::statistic::Stat;
use crate::{Cloudwatch, error, labels};

/// The figure of a period, and of how many samples it is made if that is known.
type Figure = (f64, Option<f64>);

impl Cloudwatch {
    /// What `alarm` becomes at `now`; `None` when it stays what it is.
    ///
    /// # Errors
    /// What keeps the store from answering.
    pub(crate) async fn judge(
        &self,
        alarm: &Alarm,
        watched: &Threshold,
        now: Timestamp,
    ) -> Result<Option<Became>> {
        let home = Home { account: &alarm.account, region: &alarm.region };
        let period = watched.period();
        let grain = evaluation_grain(period);
        let to = now.seconds() - now.seconds().rem_euclid(grain);
        let periods = usize::try_from(watched.evaluation_periods).unwrap_or(1).max(1);
        let count = i64::try_from(periods + EXTRA_PERIODS).unwrap_or(i64::MAX);
        let times = Times { from: to.saturating_sub(count.saturating_mul(period)), to, origin: to };
        let figures = self.figures(home, watched, times).await?;
        let points: Vec<Point> = (0..count)
            .map(|step| times.from + step * period)
            .map(|at| Point { at, value: figures.get(&at).map(|figure| figure.0) })
            .collect();
        let verdict = evaluation::decide(&Question {
            points: &points,
            periods,
            datapoints: usize::try_from(watched.datapoints()).unwrap_or(periods).max(1),
            chosen: watched.datapoints_to_alarm.is_some(),
            comparison: watched.comparison,
            threshold: watched.threshold,
            missing: Missing::parse(watched.treat_missing_data.as_deref())
                .unwrap_or(Missing::Missing),
            state: alarm.state.value,
        });
        if verdict.state == alarm.state.value {
            return Ok(None);
        }
        let reason_data = reason_data(watched, &verdict, &figures, now);
        Ok(Some(Became {
            value: verdict.state,
            reason: verdict.reason,
            reason_data: Some(reason_data),
        }))
    }

    async fn figures(
        &self,
        home: Home<'_>,
        watched: &Threshold,
        times: Times,
    ) -> Result<BTreeMap<i64, Figure>> {
        match &watched.figures {
            Figures::Metric { metric, statistic, extended, period, unit } => {
                let stat = match (statistic, extended) {
                    (Some(plain), _) => Some(Stat::Plain(*plain)),
                    (None, extended) => extended.as_deref().and_then(Stat::parse),
                };
                let Some(stat) = stat else { return Ok(BTreeMap::new()) };
                let Times { from, to, origin } = times;
                let period = i64::from(*period);
                let wanted = Wanted { metric, from, to, period, origin, unit: *unit };
                let samples = self.samples(home, wanted).await.map_err(error::of_record)?;
                let counts = watched.low_sample_count.as_deref() != Some("ignore");
                let figure = |((_, at), cell): (&(_, i64), &crate::cell::Cell)| {
                    let told = counts || is_significant(stat, cell.count);
                    let value = stat.of(cell).filter(|_| told)?;
                    Some((*at, (value, Some(cell.count))))
                };
                Ok(samples.iter().filter_map(figure).collect())
            }
            Figures::Queries(queries) => {
                // What PutMetricAlarm took is sound; a later version may find it is not.
                let Ok(plan) = Plan::of(queries, home.account) else { return Ok(BTreeMap::new()) };
                let answers = self.answer(home, &plan, times).await?;
                let points = answers.into_iter().next().map(|answer| answer.series.points);
                let points = points.unwrap_or_default().into_iter();
                Ok(points.map(|(at, value)| (at, (value, None))).collect())
            }
        }
    }
}

/// How often an alarm is evaluated, and on which seconds its periods end: every minute, or every ten
/// seconds when its period is shorter.
#[must_use]
pub fn evaluation_grain(period: i64) -> i64 {
    if period < 60 { 10 } else { 60 }
}

/// Whether there are samples enough for a percentile to mean something, by AWS's rule.
fn is_significant(stat: Stat, count: f64) -> bool {
    match stat {
        Stat::Percentile(share) if (50.0..100.0).contains(&share) => {
            count >= 10.0 / (1.0 - share / 100.0)
        }
        Stat::Percentile(share) if share > 0.0 && share < 50.0 => count >= 10.0 / (share / 100.0),
        _ => true,
    }
}

fn reason_data(
    watched: &Threshold,
    verdict: &Verdict,
    figures: &BTreeMap<i64, Figure>,
    now: Timestamp,
) -> String {
    let stamp = |at: i64| labels::long(Timestamp::from_seconds(at));
    let evaluated = |point: &Point| {
        let mut told = json!({"timestamp": stamp(point.at)});
        if let Some((value, count)) = figures.get(&point.at) {
            if let Some(count) = count {
                told["sampleCount"] = (*count).into();
            }
            told["value"] = (*value).into();
        }
        told
    };
    // AWS keeps the texts short, too.
    let newest = verdict.evaluated.iter().take(10);
    let recent: Vec<f64> = newest.clone().rev().filter_map(|point| point.value).collect();
    let mut data = json!({
        "version": "1.0",
        "queryDate": labels::long(now),
        "period": watched.period(),
        "recentDatapoints": recent,
        "threshold": watched.threshold,
        "evaluatedDatapoints": newest.map(evaluated).collect::<Vec<_>>(),
    });
    if let Some(oldest) = verdict.evaluated.last() {
        data["startDate"] = stamp(oldest.at).into();
    }
    if let Figures::Metric { statistic, extended, unit, .. } = &watched.figures {
        let stat = statistic.map(|statistic| statistic.text().to_owned());
        data["statistic"] = stat.or_else(|| extended.clone()).into();
        if let Some(unit) = unit {
            data["unit"] = unit.text().into();
        }
    }
    data.to_string()
}
