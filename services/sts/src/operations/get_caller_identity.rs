//! GetCallerIdentity: tells callers who they are.

use strongroom_api::{Account, Audit, Authorized, Demands, Operation, Reply, Result, Shape};

use crate::{Call, Sts};

/// The operation.
pub struct GetCallerIdentity;

/// The request.
#[derive(Shape)]
pub struct Input;

/// The reply.
#[derive(Reply)]
pub struct Output {
    user_id: String,
    account: String,
    arn: String,
}

impl Operation for GetCallerIdentity {
    const NAME: &'static str = "GetCallerIdentity";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Sts;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    /// Nobody needs a permission for it, and no policy denies it.
    fn demands<'t>(_: &'t Input, _: &'t Account) -> Demands<'t> {
        Demands::new()
    }

    async fn run(call: &Call<'_>, _: &Input, _: Authorized<Account>) -> Result<Output> {
        Ok(Output {
            user_id: call.caller.principal_id().to_owned(),
            account: call.caller.account().to_owned(),
            arn: call.caller.arn().to_owned(),
        })
    }
}
