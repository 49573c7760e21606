//! DeleteAccountPasswordPolicy: removes the rules for passwords.

use strongroom_api::{Account, Audit, Authorized, Operation, Result, Shape};

use crate::{Call, Iam, error};

/// The operation.
pub struct DeleteAccountPasswordPolicy;

/// The request.
#[derive(Shape)]
pub struct Input;

impl Operation for DeleteAccountPasswordPolicy {
    const NAME: &'static str = "DeleteAccountPasswordPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = ();

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Account>) -> Result<()> {
        let mut edit = call.service.edit(&target.0).await?;
        if edit.ledger.password_policy.take().is_none() {
            return Err(error::no_password_policy(&target.0));
        }
        edit.commit().await
    }
}
