//! UpdateAccountPasswordPolicy: sets the rules for passwords.

use strongroom_api::{Account, Audit, Authorized, Operation, Result, Shape};

use crate::ledger::PasswordPolicy;
use crate::{Call, Iam};

/// The operation.
pub struct UpdateAccountPasswordPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(range = 6..=128)]
    minimum_password_length: Option<i32>,
    require_symbols: Option<bool>,
    require_numbers: Option<bool>,
    require_uppercase_characters: Option<bool>,
    require_lowercase_characters: Option<bool>,
    allow_users_to_change_password: Option<bool>,
    #[shape(range = 1..=1095)]
    max_password_age: Option<i32>,
    #[shape(range = 1..=24)]
    password_reuse_prevention: Option<i32>,
    hard_expiry: Option<bool>,
}

impl Operation for UpdateAccountPasswordPolicy {
    const NAME: &'static str = "UpdateAccountPasswordPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = ();

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Account>) -> Result<()> {
        let mut edit = call.service.edit(&target.0).await?;
        // What is left out falls back to AWS's defaults, not to what was set before.
        edit.ledger.password_policy = Some(PasswordPolicy {
            minimum_length: input.minimum_password_length.unwrap_or(6),
            symbols: input.require_symbols == Some(true),
            numbers: input.require_numbers == Some(true),
            uppercase: input.require_uppercase_characters == Some(true),
            lowercase: input.require_lowercase_characters == Some(true),
            users_may_change: input.allow_users_to_change_password == Some(true),
            max_age: input.max_password_age,
            reuse_prevention: input.password_reuse_prevention,
            hard_expiry: input.hard_expiry,
        });
        edit.commit().await
    }
}
