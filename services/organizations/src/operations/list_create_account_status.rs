//! ListCreateAccountStatus: lists the requests to create accounts.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::{Direction, Range};

use crate::creation::{Creation, CreationView};
use crate::find::{Everything, Found};
use crate::shapes::{CreateAccountState, MaxResults, NextToken};
use crate::{Call, Organizations, error, page, paths};

/// ListCreateAccountStatus.
pub struct ListCreateAccountStatus;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Only those in these states; all if absent.
    pub states: Option<Vec<CreateAccountState>>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The requests.
    pub create_account_statuses: Vec<CreationView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for ListCreateAccountStatus {
    const NAME: &'static str = "ListCreateAccountStatus";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"States": ["SUCCEEDED"]}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Everything>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<Everything>> {
        call.service.find_everything(call).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<Found<Everything>>,
    ) -> Result<Output> {
        let range = Range::prefix(paths::creation(&target.organization, ""));
        let rest = page::rest(&range, input.next_token.as_ref())?;
        let size = page::size(input.max_results);
        let records = &call.service.records;
        let found = records.scan::<Creation>(rest, Direction::Forward, size).await;
        let found = found.map_err(error::of_record)?;
        let states = input.states.as_deref().filter(|states| !states.is_empty());
        let wanted = |one: &Creation| states.is_none_or(|states| states.contains(&one.state()));
        let statuses = found.records.iter().filter(|one| wanted(&one.value));
        let last = found.records.last().filter(|_| found.more);
        Ok(Output {
            create_account_statuses: statuses.map(|one| CreationView::from(&one.value)).collect(),
            next_token: last.map(|last| page::token(&range, &last.key)),
        })
    }
}
