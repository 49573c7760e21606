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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use strongroom_api::Hosted;
    use strongroom_testkit::{ACCOUNT, Stage, nobody};

    use crate::{OPERATIONS, Sts};

    #[tokio::test]
    async fn a_caller_without_permissions_learns_who_it_is() {
        let host = Hosted::new(Sts::default().into(), OPERATIONS);
        let stage = Stage::new(1).as_caller(nobody(ACCOUNT));
        let identity = stage.call(&host, "GetCallerIdentity", "{}").await.unwrap();
        assert_eq!(identity["Account"], ACCOUNT);
        assert_eq!(identity["Arn"], "arn:aws:iam::123456789012:user/nobody");
        assert_eq!(identity["UserId"], "AIDANOBODYEXAMPLE0000");
    }
}
