//! GetCredentialReport: gives the report on all users and their credentials.

use strongroom_api::{
    Account, Audit, Authorized, Blob, Operation, Reply, Result, Shape, Timestamp,
};

use crate::report;
use crate::{Call, Iam, error};

/// The operation.
pub struct GetCredentialReport;

/// The request.
#[derive(Shape)]
pub struct Input;

/// The reply.
#[derive(Reply)]
pub struct Output {
    content: Blob,
    report_format: &'static str,
    generated_time: Timestamp,
}

impl Operation for GetCredentialReport {
    const NAME: &'static str = "GetCredentialReport";
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
        let ledger = call.service.ledger(&target.0).await?.ok_or_else(error::no_report)?;
        let generated_time = ledger.report.ok_or_else(error::no_report)?;
        if !report::is_fresh(generated_time, call.now) {
            return Err(error::report_expired());
        }
        let content = Blob(call.service.report(&target.0, &ledger).await?.into_bytes());
        Ok(Output { content, report_format: "text/csv", generated_time })
    }
}
