//! GetMetricData: answers queries for metrics and for expressions over them.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::find::home;
use crate::queries::{Answer, Plan, Times};
use crate::shapes::{MetricDataQuery, ScanBy};
use crate::{Call, Cloudwatch, error};

/// GetMetricData.
pub struct GetMetricData;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// What is asked.
    pub metric_data_queries: Vec<MetricDataQuery>,
    /// From when, included.
    pub start_time: Timestamp,
    /// Until when, excluded.
    pub end_time: Timestamp,
    /// Where to go on.
    pub next_token: Option<String>,
    /// Whether the newest or the oldest come first; the newest if absent.
    pub scan_by: Option<ScanBy>,
    /// How many figures a page may have.
    pub max_datapoints: Option<i32>,
    /// How times in labels are written; no label has one.
    pub label_options: Option<LabelOptions>,
}

/// How times in labels are written.
#[derive(Debug, Shape)]
pub struct LabelOptions {
    /// The time zone.
    pub timezone: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The answers.
    pub metric_data_results: Vec<MetricDataResult>,
    /// Where to go on.
    pub next_token: Option<String>,
    /// What concerns all answers.
    pub messages: Vec<Message>,
}

/// An answer.
#[derive(Debug, Reply)]
pub struct MetricDataResult {
    /// The query's id.
    pub id: String,
    /// How it is called.
    pub label: String,
    /// When periods begin,
    pub timestamps: Vec<Timestamp>,
    /// and their figures.
    pub values: Vec<f64>,
    /// Whether there is more of it.
    pub status_code: &'static str,
    /// What is wrong with it.
    pub messages: Option<Vec<Message>>,
}

/// Something to know.
#[derive(Debug, Reply)]
pub struct Message {
    /// Its kind.
    pub code: &'static str,
    /// In words.
    pub value: String,
}

/// AWS's bound, and what a page has if nobody says.
const MOST_DATAPOINTS: i32 = 100_800;

impl Operation for GetMetricData {
    const NAME: &'static str = "GetMetricData";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"StartTime": 1769850000, "EndTime": 1769853600, "MetricDataQueries": [{"Id": "m1", "MetricStat": {"Metric": {"Namespace": "AWS/SecretsManager", "MetricName": "CallCount"}, "Period": 300, "Stat": "Sum"}, "ReturnData": false}, {"Id": "e1", "Expression": "FILL(m1, 0) / PERIOD(m1)", "Label": "calls per second"}]}"#;

    type Service = Cloudwatch;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        if input.start_time >= input.end_time {
            return Err(error::validation(
                "The parameter StartTime must be less than the parameter EndTime.",
            ));
        }
        let most = input.max_datapoints.unwrap_or(MOST_DATAPOINTS);
        if !(1..=MOST_DATAPOINTS).contains(&most) {
            return Err(error::validation(format!(
                "The value {most} for parameter MaxDatapoints must be between 1 and {MOST_DATAPOINTS}."
            )));
        }
        let skipped = skipped(input.next_token.as_deref())?;
        let plan = Plan::of(&input.metric_data_queries, call.caller.account())?;
        let times = Times {
            from: input.start_time.seconds(),
            to: input.end_time.millis().saturating_add(999).div_euclid(1_000),
            origin: 0,
        };
        let answers = call.service.answer(home(call), &plan, times).await?;
        let newest_first = input.scan_by != Some(ScanBy::TimestampAscending);
        Ok(page(answers, newest_first, skipped, usize::try_from(most).unwrap_or(1)))
    }
}

/// A token is how many figures earlier pages had.
fn skipped(token: Option<&str>) -> Result<usize> {
    match token.filter(|token| !token.is_empty()) {
        None => Ok(0),
        Some(token) => token.parse().map_err(|_| error::invalid_token()),
    }
}

fn page(answers: Vec<Answer>, newest_first: bool, skipped: usize, most: usize) -> Output {
    let mut output =
        Output { metric_data_results: Vec::new(), next_token: None, messages: Vec::new() };
    let (mut to_skip, mut room, mut told) = (skipped, most, skipped);
    for answer in answers {
        let length = answer.series.points.len();
        if to_skip > 0 && to_skip >= length {
            to_skip -= length;
            continue;
        }
        if room == 0 && length > 0 {
            output.next_token = Some(told.to_string());
            break;
        }
        let mut points: Vec<_> = answer.series.points.into_iter().collect();
        if newest_first {
            points.reverse();
        }
        let shown: Vec<_> = points.into_iter().skip(to_skip).take(room).collect();
        let is_whole = to_skip + shown.len() == length;
        to_skip = 0;
        room -= shown.len();
        told += shown.len();
        let messages = answer.trouble.map(|value| vec![Message { code: "ArithmeticError", value }]);
        let status_code = match (&messages, is_whole) {
            (Some(_), _) => "InternalError",
            (None, true) => "Complete",
            (None, false) => "PartialData",
        };
        output.metric_data_results.push(MetricDataResult {
            id: answer.id,
            label: answer.label,
            timestamps: shown.iter().map(|(at, _)| Timestamp::from_seconds(*at)).collect(),
            values: shown.iter().map(|(_, value)| *value).collect(),
            status_code,
            messages,
        });
        if !is_whole {
            output.next_token = Some(told.to_string());
            break;
        }
    }
    output
}
