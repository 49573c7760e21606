//! GetParameterHistory: the versions of a parameter with their values.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Slot;
use crate::shapes::{MaxResults, Name};
use crate::views::HistoryView;
use crate::{Call, Ssm, error, page, reading};

/// GetParameterHistory.
pub struct GetParameterHistory;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name or ARN.
    pub name: Name,
    /// Whether SecureStrings are wanted in clear.
    pub with_decryption: Option<bool>,
    /// How many; 50 if absent.
    pub max_results: Option<MaxResults>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    parameters: Vec<HistoryView>,
    next_token: Option<String>,
}

const MOST: usize = 50;

impl Operation for GetParameterHistory {
    const NAME: &'static str = "GetParameterHistory";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Name": "/prod/db/password", "WithDecryption": true}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        call.service.existing(call, &input.name.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, slot: Authorized<Slot>) -> Result<Output> {
        let parameter = slot.parameter()?;
        let after = page::name(input.next_token.as_ref())?;
        let after = after.map(|number| number.parse::<i64>()).transpose();
        let after = after.map_err(|_| error::invalid_token())?.unwrap_or(0);
        let limit = page::size(input.max_results.map(|most| most.0), MOST);
        let mut rest = parameter.versions.iter().filter(|version| version.number > after);
        let mut output = Output { parameters: Vec::new(), next_token: None };
        let decrypt = input.with_decryption == Some(true);
        let mut last = after;
        for version in rest.by_ref().take(limit) {
            let value = reading::value(call, parameter, version, slot.arn(), decrypt).await?;
            output.parameters.push(HistoryView::of(parameter, version, value));
            last = version.number;
        }
        output.next_token = rest.next().map(|_| page::token(&last.to_string()));
        Ok(output)
    }
}
