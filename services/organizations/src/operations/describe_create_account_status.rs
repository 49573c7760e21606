//! DescribeCreateAccountStatus: tells what became of a request to create an account.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::creation::{Creation, CreationView};
use crate::find::{Everything, Found};
use crate::shapes::CreateAccountRequestId;
use crate::{Call, Organizations, error, paths};

/// DescribeCreateAccountStatus.
pub struct DescribeCreateAccountStatus;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The request.
    pub create_account_request_id: CreateAccountRequestId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// What became of it.
    pub create_account_status: CreationView,
}

impl Operation for DescribeCreateAccountStatus {
    const NAME: &'static str = "DescribeCreateAccountStatus";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"CreateAccountRequestId": "car-0123456789abcdef0123456789abcdef"}"#;

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
        let key = paths::creation(&target.organization, &input.create_account_request_id.0);
        let creation = call.service.records.get::<Creation>(&key).await;
        let creation = creation.map_err(error::of_record)?.ok_or_else(error::no_such_creation)?;
        Ok(Output { create_account_status: CreationView::from(&creation.value) })
    }
}
