//! TestMetricFilter: says which messages a pattern means, and what it finds in them.

use std::collections::BTreeMap;

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Sensitive, Shape};
use zeroize::Zeroize;

use crate::pattern::{Message, Pattern};
use crate::shapes::FilterPattern;
use crate::{Call, Logs, error};

/// A message.
#[derive(Debug, Shape)]
#[shape(length = 1..)]
pub struct EventMessage(pub String);

impl Zeroize for EventMessage {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// A message that is meant.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Match {
    event_number: usize,
    event_message: String,
    extracted_values: BTreeMap<String, String>,
}

/// TestMetricFilter.
pub struct TestMetricFilter;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The pattern.
    pub filter_pattern: FilterPattern,
    /// The messages.
    #[shape(length = 1..=50)]
    pub log_event_messages: Sensitive<Vec<EventMessage>>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The messages that are meant.
    pub matches: Vec<Match>,
}

impl Operation for TestMetricFilter {
    const NAME: &'static str = "TestMetricFilter";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"filterPattern": "[ip, ...]", "logEventMessages": ["127.0.0.1 - frank"]}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let pattern = Pattern::parse(&input.filter_pattern.0)
            .map_err(|wrong| error::invalid_metric_pattern(&wrong))?;
        let messages = input.log_event_messages.reveal().iter().zip(1..);
        let found = messages.filter_map(|(message, event_number)| {
            let extracted_values = pattern.extract(&Message::new(&message.0))?;
            Some(Match { event_number, event_message: message.0.clone(), extracted_values })
        });
        Ok(Output { matches: found.collect() })
    }
}
