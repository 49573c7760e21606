//! What a new password is made of.

use crate::error::Error;

/// What `GetRandomPassword` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// Characters that it must not have.
    pub exclude_characters: String,
    /// How many it has.
    pub length: u32,
    /// No digits.
    pub exclude_numbers: bool,
    /// No punctuation.
    pub exclude_punctuation: bool,
    /// No capitals.
    pub exclude_uppercase: bool,
    /// No small letters.
    pub exclude_lowercase: bool,
    /// At least one of every kind that is not excluded.
    pub require_each_included_type: bool,
}

impl PasswordRules {
    /// The variables of AWS's templates; what they do not say is as given.
    ///
    /// # Errors
    /// `ValueError` when `PASSWORD_LENGTH` is no number.
    pub fn read(
        variable: impl Fn(&str) -> Option<String>,
        exclude_characters: &str,
        length: u32,
    ) -> Result<Self, Error> {
        let is_on = |name: &str, otherwise: bool| match variable(name) {
            Some(text) => ["true", "1", "y", "yes"].contains(&text.to_lowercase().as_str()),
            None => otherwise,
        };
        let length = match variable("PASSWORD_LENGTH") {
            Some(text) => text.trim().parse().map_err(|_| {
                Error::value(format!("invalid literal for int() with base 10: '{text}'"))
                    .hint("PASSWORD_LENGTH of the function has to be a number")
            })?,
            None => length,
        };
        Ok(Self {
            exclude_characters: variable("EXCLUDE_CHARACTERS")
                .unwrap_or_else(|| exclude_characters.to_owned()),
            length,
            exclude_numbers: is_on("EXCLUDE_NUMBERS", false),
            exclude_punctuation: is_on("EXCLUDE_PUNCTUATION", false),
            exclude_uppercase: is_on("EXCLUDE_UPPERCASE", false),
            exclude_lowercase: is_on("EXCLUDE_LOWERCASE", false),
            require_each_included_type: is_on("REQUIRE_EACH_INCLUDED_TYPE", true),
        })
    }

    /// Small letters only, for the name of a user that lives for a moment.
    #[must_use]
    pub fn of_a_name() -> Self {
        Self {
            exclude_characters: String::new(),
            length: 12,
            exclude_numbers: true,
            exclude_punctuation: true,
            exclude_uppercase: true,
            exclude_lowercase: false,
            require_each_included_type: true,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn without_variables_the_engines_rules_hold() {
        let rules = PasswordRules::read(|_| None, "/@", 32).unwrap();
        assert_eq!((rules.exclude_characters.as_str(), rules.length), ("/@", 32));
        assert!(rules.require_each_included_type && !rules.exclude_numbers);
    }

    #[test]
    fn variables_win_and_only_four_words_mean_yes() {
        let variables = |name: &str| match name {
            "EXCLUDE_CHARACTERS" => Some(String::new()),
            "PASSWORD_LENGTH" => Some("40".to_owned()),
            "EXCLUDE_NUMBERS" => Some("Yes".to_owned()),
            "REQUIRE_EACH_INCLUDED_TYPE" => Some("on".to_owned()),
            _ => None,
        };
        let rules = PasswordRules::read(variables, "/@", 32).unwrap();
        assert_eq!((rules.exclude_characters.as_str(), rules.length), ("", 40));
        assert!(rules.exclude_numbers && !rules.require_each_included_type);
    }

    #[test]
    fn a_length_that_is_no_number_is_refused() {
        let length = |_: &str| Some("long".to_owned());
        assert_eq!(PasswordRules::read(length, "", 32).unwrap_err().kind(), "ValueError");
    }
}
