//! The ways in which a request names a key.

use strongroom_wire::{Result, Shape};

use crate::error;

/// A key as a request names it: id, key ARN, alias name or alias ARN.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=2048)]
pub struct KeyId(pub String);

/// What a [`KeyId`] says.
#[derive(Debug, PartialEq, Eq)]
pub enum Named<'a> {
    /// A key of the caller's account in this region.
    Key { id: &'a str },
    /// A key by its ARN.
    KeyOf { account: &'a str, region: &'a str, id: &'a str },
    /// An alias of the caller's account in this region, without `alias/`.
    Alias { name: &'a str },
    /// An alias by its ARN.
    AliasOf { account: &'a str, region: &'a str, name: &'a str },
}

impl KeyId {
    /// Reads the text.
    ///
    /// # Errors
    /// AWS's NotFoundException for a text of no known form.
    pub(crate) fn read(&self) -> Result<Named<'_>> {
        let text = self.0.as_str();
        if text.starts_with("arn:") {
            return read_arn(text).ok_or_else(|| error::invalid_arn(text));
        }
        if let Some(name) = text.strip_prefix("alias/").filter(|name| !name.is_empty()) {
            return Ok(Named::Alias { name });
        }
        if is_key_id(text) {
            return Ok(Named::Key { id: text });
        }
        Err(error::invalid_key_id(text))
    }
}

impl From<&str> for KeyId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

fn read_arn(text: &str) -> Option<Named<'_>> {
    let mut parts = text.splitn(6, ':');
    let (_, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    if partition != "aws" || service != "kms" || !is_account(account) || region.is_empty() {
        return None;
    }
    let (kind, rest) = resource.split_once('/')?;
    match kind {
        "key" if is_key_id(rest) => Some(Named::KeyOf { account, region, id: rest }),
        "alias" if !rest.is_empty() => Some(Named::AliasOf { account, region, name: rest }),
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A UUID in lower case, or `mrk-` and 32 hexadecimal digits.
pub(crate) fn is_key_id(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
    match text.strip_prefix("mrk-") {
        Some(digits) => digits.len() == 32 && digits.bytes().all(hex),
        None => {
            text.len() == 36
                && text.bytes().enumerate().all(|(position, b)| match position {
                    8 | 13 | 18 | 23 => b == b'-',
                    _ => hex(b),
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn every_form_of_a_key_id_is_read() {
        let read = |text: &str| format!("{:?}", KeyId::from(text).read().ok());
        assert!(read(ID).contains("Key {"));
        assert!(read("mrk-1234abcd12ab34cd56ef1234567890ab").contains("Key {"));
        assert!(read("alias/a/b").contains("Alias { name: \"a/b\""));
        assert!(read(&format!("arn:aws:kms:us-east-1:123456789012:key/{ID}")).contains("KeyOf"));
        assert!(read("arn:aws:kms:us-east-1:123456789012:alias/x").contains("AliasOf"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "db",
            "alias/",
            "1234ABCD-12ab-34cd-56ef-1234567890ab",
            "mrk-123",
            "arn:aws:kms:us-east-1:123456789012:key/",
            "arn:aws:s3:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:us-east-1:12345678901/:alias/x",
            "arn:aws",
        ] {
            assert!(KeyId::from(text).read().is_err(), "{text}");
        }
    }
}
