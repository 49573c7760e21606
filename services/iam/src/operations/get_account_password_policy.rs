//! GetAccountPasswordPolicy: shows the rules for passwords.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::{Call, Iam, error};

/// The operation.
pub struct GetAccountPasswordPolicy;

/// The request.
#[derive(Shape)]
pub struct Input;

/// The reply.
#[derive(Reply)]
pub struct Output {
    password_policy: Rules,
}

/// The rules.
#[derive(Reply)]
pub struct Rules {
    minimum_password_length: i32,
    require_symbols: bool,
    require_numbers: bool,
    require_uppercase_characters: bool,
    require_lowercase_characters: bool,
    allow_users_to_change_password: bool,
    expire_passwords: bool,
    max_password_age: Option<i32>,
    password_reuse_prevention: Option<i32>,
    hard_expiry: Option<bool>,
}

impl Operation for GetAccountPasswordPolicy {
    const NAME: &'static str = "GetAccountPasswordPolicy";
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
        let policy = ledger.and_then(|ledger| ledger.password_policy.clone());
        let policy = policy.ok_or_else(|| error::no_password_policy(&target.0))?;
        Ok(Output {
            password_policy: Rules {
                minimum_password_length: policy.minimum_length,
                require_symbols: policy.symbols,
                require_numbers: policy.numbers,
                require_uppercase_characters: policy.uppercase,
                require_lowercase_characters: policy.lowercase,
                allow_users_to_change_password: policy.users_may_change,
                expire_passwords: policy.max_age.is_some(),
                max_password_age: policy.max_age,
                password_reuse_prevention: policy.reuse_prevention,
                hard_expiry: policy.hard_expiry,
            },
        })
    }
}
