//! LookupEvents: who did what, newest first.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::events::{Attribute, Query};
use crate::views::EventView;
use crate::{Call, CloudTrail, error, token};

/// The operation.
pub struct LookupEvents;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// What the events have in common; one at most.
    lookup_attributes: Option<Vec<LookupAttribute>>,
    /// Not earlier than this.
    start_time: Option<Timestamp>,
    /// Not later than this.
    end_time: Option<Timestamp>,
    /// `insight`, of which there are none.
    event_category: Option<EventCategory>,
    /// How many events a page may have; 50 if absent.
    max_results: Option<i32>,
    /// Where to go on.
    next_token: Option<String>,
}

/// What events have in common.
#[derive(Shape)]
pub struct LookupAttribute {
    attribute_key: Attribute,
    #[shape(length = 1..=2000)]
    attribute_value: String,
}

/// Another kind of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum EventCategory {
    /// Unusual rates of calls.
    #[shape(name = "insight")]
    Insight,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    events: Vec<EventView>,
    next_token: Option<String>,
}

const MOST: i32 = 50;

impl Operation for LookupEvents {
    const NAME: &'static str = "LookupEvents";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "GetSecretValue"}]}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let asked = input.max_results.unwrap_or(MOST);
        let limit = usize::try_from(asked).ok().filter(|_| (1..=MOST).contains(&asked));
        let limit = limit.ok_or_else(|| error::invalid_max_results(asked))?;
        let mut query = query(call, input)?;
        if let Some(token) = &input.next_token {
            let refusal = error::invalid_next_token;
            query.before = Some(token::read(call, &query, token, refusal)?);
        }
        if input.event_category.is_some() {
            return Ok(Output { events: Vec::new(), next_token: None });
        }
        let mut found = call.service.events.newest(query.clone(), limit).await?;
        // Calls that take long are on record after shorter ones that began later.
        found.events.sort_by_key(|event| std::cmp::Reverse(event.seconds));
        Ok(Output {
            events: found.events.into_iter().map(EventView::of).collect(),
            next_token: found.next.map(|sequence| token::make(call, &query, sequence)),
        })
    }
}

fn query(call: &Call<'_>, input: &Input) -> Result<Query> {
    let attribute = match input.lookup_attributes.as_deref().unwrap_or_default() {
        [] => None,
        [one] => Some((one.attribute_key, one.attribute_value.clone())),
        _ => return Err(error::one_attribute()),
    };
    let (from, to) = (input.start_time, input.end_time);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(error::invalid_time_range());
    }
    Ok(Query {
        account: call.caller.account().to_owned(),
        region: call.region.to_owned(),
        attribute,
        // Events are timed to the second: one of the second in which `from` lies counts only if it
        // began there.
        from: from.map(|from| (from.millis() + 999).div_euclid(1_000)),
        to: to.map(Timestamp::seconds),
        before: None,
    })
}
