//! GetRandomPassword: a random password, stored nowhere.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Sensitive, Shape};

use crate::password::{Recipe, Without};
use crate::{Call, SecretsManager};

/// The operation.
pub struct GetRandomPassword;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(range = 1..=4096)]
    password_length: Option<i64>,
    #[shape(length = 0..=4096)]
    exclude_characters: Option<String>,
    exclude_numbers: Option<bool>,
    exclude_punctuation: Option<bool>,
    exclude_uppercase: Option<bool>,
    exclude_lowercase: Option<bool>,
    include_space: Option<bool>,
    require_each_included_type: Option<bool>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    random_password: Sensitive<String>,
}

const DEFAULT_LENGTH: usize = 32;

impl Operation for GetRandomPassword {
    const NAME: &'static str = "GetRandomPassword";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PasswordLength": 20, "ExcludeCharacters": "\"'@/\\"}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let recipe = Recipe {
            length: input
                .password_length
                .and_then(|length| usize::try_from(length).ok())
                .unwrap_or(DEFAULT_LENGTH),
            excluded: input.exclude_characters.clone().unwrap_or_default(),
            without: Without {
                numbers: input.exclude_numbers.unwrap_or(false),
                punctuation: input.exclude_punctuation.unwrap_or(false),
                uppercase: input.exclude_uppercase.unwrap_or(false),
                lowercase: input.exclude_lowercase.unwrap_or(false),
            },
            with_space: input.include_space.unwrap_or(false),
            one_of_each: input.require_each_included_type.unwrap_or(true),
        };
        Ok(Output { random_password: Sensitive::new(recipe.draw(call.entropy)?) })
    }
}

#[cfg(test)]
mod tests;
