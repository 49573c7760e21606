//! GenerateCredentialReport: has the report on all users and their credentials made.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::report;
use crate::{Call, Iam};

/// The operation.
pub struct GenerateCredentialReport;

/// The request.
#[derive(Shape)]
pub struct Input;

/// The reply.
#[derive(Reply)]
pub struct Output {
    state: &'static str,
    description: Option<&'static str>,
}

impl Operation for GenerateCredentialReport {
    const NAME: &'static str = "GenerateCredentialReport";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Account>) -> Result<Output> {
        let ledger = call.service.ledger(&target.0).await?;
        let made = ledger.and_then(|ledger| ledger.report);
        if made.is_some_and(|made| report::is_fresh(made, call.now)) {
            return Ok(Output { state: "COMPLETE", description: None });
        }
        let mut edit = call.service.edit(&target.0).await?;
        edit.ledger.report = Some(call.now);
        edit.commit().await?;
        let description = Some("No report exists. Starting a new report generation task");
        Ok(Output { state: "STARTED", description })
    }
}
