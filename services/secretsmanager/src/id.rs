//! Names and ids of secrets: what is legal, and what an id sent by a client refers to.

use strongroom_api::{Error, Shape};

use crate::error;

/// The name of a new secret as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=512)]
pub struct Name(pub String);

/// Whatever a client may name a secret by: its name, its ARN, its ARN without the random suffix.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=2048)]
pub struct SecretId(pub String);

/// The id of a version; the `ClientRequestToken` of the call that made it.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 32..=64)]
pub struct VersionId(pub String);

/// A staging label.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=256)]
pub struct VersionStage(pub String);

/// An AWS region.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=128, pattern = r"^([a-z]+-)+\d+$")]
pub struct Region(pub String);

/// Characters of the random suffix of an ARN.
pub const SUFFIX_LEN: usize = 6;

/// What an id refers to, before anybody looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The account that an ARN names; the caller's otherwise.
    pub account: &'a str,
    /// The region that an ARN names; the one called otherwise.
    pub region: &'a str,
    /// The secret's name.
    pub name: &'a str,
    /// The random suffix that a full ARN names.
    pub suffix: Option<&'a str>,
}

impl SecretId {
    /// Reads the id of a call from `account` in `region`.
    ///
    /// # Errors
    /// The name error for an id that is neither an ARN of a secret nor a legal name. AWS makes this
    /// check before any other.
    pub fn resolve<'a>(
        &'a self,
        account: &'a str,
        region: &'a str,
    ) -> Result<Reference<'a>, Error> {
        if !self.0.starts_with("arn:") {
            check_name(&self.0)?;
            return Ok(Reference { account, region, name: &self.0, suffix: None });
        }
        let mut parts = self.0.splitn(7, ':').skip(1);
        let (
            Some(_partition),
            Some("secretsmanager"),
            Some(region),
            Some(account),
            Some("secret"),
            Some(rest),
        ) = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(error::invalid_name());
        };
        // Text that ends in a hyphen and six characters is taken for a full ARN, even when a secret
        // has that very name.
        let (name, suffix) = match split_suffix(rest) {
            Some((name, suffix)) => (name, Some(suffix)),
            None => (rest, None),
        };
        check_name(name)?;
        Ok(Reference { account, region, name, suffix })
    }
}

fn split_suffix(rest: &str) -> Option<(&str, &str)> {
    let hyphen = rest.len().checked_sub(SUFFIX_LEN + 1).filter(|at| rest.is_char_boundary(*at))?;
    let (name, tail) = rest.split_at(hyphen);
    let suffix = tail.strip_prefix('-')?;
    let plain = suffix.bytes().all(|b| b.is_ascii_alphanumeric());
    (plain && !name.is_empty()).then_some((name, suffix))
}

/// Checks the characters of a name; see AWS's message.
///
/// # Errors
/// The name error.
pub fn check_name(name: &str) -> Result<(), Error> {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"-/_+=.@!".contains(&b);
    if !name.is_empty() && name.bytes().all(legal) { Ok(()) } else { Err(error::invalid_name()) }
}

/// The ARN of a secret, or its beginning when `suffix` is `None`.
#[must_use]
pub fn arn(region: &str, account: &str, name: &str, suffix: Option<&str>) -> String {
    let mut arn = format!("arn:aws:secretsmanager:{region}:{account}:secret:{name}");
    if let Some(suffix) = suffix {
        arn.push('-');
        arn.push_str(suffix);
    }
    arn
}

/// A fresh suffix from 16 random bytes.
#[must_use]
pub fn suffix(random: [u8; 16]) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut number = u128::from_le_bytes(random);
    (0..SUFFIX_LEN)
        .map(|_| {
            let letter = LETTERS[(number % 62) as usize];
            number /= 62;
            char::from(letter)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(id: &str) -> Result<(String, Option<String>), Error> {
        let id = SecretId(id.to_owned());
        let found = id.resolve("111122223333", "eu-west-1")?;
        Ok((found.name.to_owned(), found.suffix.map(str::to_owned)))
    }

    #[test]
    fn names_full_arns_and_partial_arns_are_told_apart() {
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";
        assert_eq!(resolve("prod/db").unwrap(), ("prod/db".into(), None));
        assert_eq!(
            resolve(&format!("{arn}prod/db-Ca8JGt")).unwrap(),
            ("prod/db".into(), Some("Ca8JGt".into()))
        );
        assert_eq!(resolve(&format!("{arn}prod/db")).unwrap(), ("prod/db".into(), None));
        assert_eq!(resolve(&format!("{arn}db-a1b2")).unwrap(), ("db-a1b2".into(), None));
        assert_eq!(resolve(&format!("{arn}db-a1b2c3-")).unwrap(), ("db-a1b2c3-".into(), None));
        // A name keeps what looks like a suffix.
        assert_eq!(resolve("db-a1b2c3").unwrap(), ("db-a1b2c3".into(), None));
    }

    #[test]
    fn blanks_and_foreign_characters_are_no_name() {
        for name in ["Inv Name", " Inv", "Inv*Name?", "a\\b", "ü", "arn:aws:s3:::bucket", ""] {
            assert!(resolve(name).is_err(), "{name}");
        }
        assert!(resolve("a/_+=.@-!Z9").is_ok());
    }

    #[test]
    fn an_id_of_multibyte_characters_does_not_split_inside_one() {
        assert!(resolve("arn:aws:secretsmanager:us-east-1:123456789012:secret:ääääää").is_err());
    }
}
