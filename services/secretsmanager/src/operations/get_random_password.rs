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
mod tests {
    use serde_json::json;

    use crate::testing::Room;

    #[tokio::test]
    async fn a_password_has_thirty_two_characters_of_every_type_unless_told_otherwise() {
        let room = Room::new();
        let reply = room.ok("GetRandomPassword", json!({})).await;
        let password = reply["RandomPassword"].as_str().unwrap();
        assert_eq!(password.len(), 32);
        assert!(password.bytes().any(|b| b.is_ascii_uppercase()));
        assert!(password.bytes().any(|b| b.is_ascii_lowercase()));
        assert!(password.bytes().any(|b| b.is_ascii_digit()));
        assert!(password.bytes().any(|b| b.is_ascii_punctuation()));
        let other = room.ok("GetRandomPassword", json!({})).await;
        assert_ne!(reply, other);
    }

    #[tokio::test]
    async fn what_cannot_be_a_password_is_refused() {
        let room = Room::new();
        let nothing = json!({
            "ExcludeNumbers": true, "ExcludePunctuation": true, "ExcludeUppercase": true,
            "ExcludeLowercase": true,
        });
        let short = "Password length is too short based on the required types.";
        for (body, code, message) in [
            (json!({"PasswordLength": 0}), "ValidationException", None),
            (json!({"PasswordLength": 4_097}), "ValidationException", None),
            (json!({"PasswordLength": 3}), "InvalidParameterException", Some(short)),
            (nothing, "InvalidParameterException", None),
        ] {
            let refusal = room.refused("GetRandomPassword", body).await;
            assert_eq!(refusal.0, code);
            assert_eq!(refusal.1, message.unwrap_or(&refusal.1));
        }
        for body in [
            json!({"PasswordLength": 4}),
            json!({"PasswordLength": 4_096}),
            json!({"PasswordLength": 1, "RequireEachIncludedType": false}),
        ] {
            room.ok("GetRandomPassword", body).await;
        }
    }
}
