//! ListSubjects: the subjects of the account in this region.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Rest, Result};

use crate::page::{self, Input};
use crate::subject::{Subject, SubjectSummary};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct ListSubjects;

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    next_token: Option<String>,
    subjects: Vec<SubjectSummary>,
}

impl Operation for ListSubjects {
    const NAME: &'static str = "ListSubjects";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"pageSize": 10}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/subjects").request(page::PLACES));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let (found, next_token) = page::read::<Subject>(call, input).await?;
        let subjects = found.iter().map(|one| SubjectSummary::from(&one.value)).collect();
        Ok(Output { next_token, subjects })
    }
}
