//! CreateAccountAlias: gives the account a name.

use strongroom_api::{Account, Audit, Authorized, Operation, Result, Shape};

use crate::alias;
use crate::{Call, Iam, error, path};

/// The operation.
pub struct CreateAccountAlias;

/// The request.
#[derive(Shape)]
pub struct Input {
    account_alias: String,
}

impl Operation for CreateAccountAlias {
    const NAME: &'static str = "CreateAccountAlias";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AccountAlias": "example-corp"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = ();

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Account>) -> Result<()> {
        alias::check(&input.account_alias)?;
        let mut edit = call.service.edit(&target.0).await?;
        if edit.ledger.alias.as_ref() == Some(&input.account_alias) {
            return Ok(());
        }
        if call.service.holder_of_alias(&input.account_alias).await?.is_some() {
            return Err(error::alias_taken(&input.account_alias));
        }
        if let Some(had) = edit.ledger.alias.replace(input.account_alias.clone()) {
            edit.delete(&path::alias(&had));
        }
        edit.claim_alias(&input.account_alias)?;
        edit.commit().await
    }
}
