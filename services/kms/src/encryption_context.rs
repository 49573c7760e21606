//! The encryption context: what a ciphertext is about, in names and values of the caller's choice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use strongroom_api::Values;
use strongroom_wire::{Result, Shape};

use crate::error;

/// Names and values that a ciphertext is bound to. Order does not matter, case does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Shape)]
pub struct EncryptionContext(pub BTreeMap<String, String>);

/// The most that names and values may have together, in bytes.
const MAX_BYTES: usize = 8_192;

impl EncryptionContext {
    /// A context of these pairs.
    #[must_use]
    pub fn of<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Appends the canonical form: sorted by name, every text preceded by its length. An empty context
    /// is the same as none.
    pub(crate) fn push_canonical(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.0 {
            for text in [name, value] {
                out.extend_from_slice(&(text.len() as u64).to_be_bytes());
                out.extend_from_slice(text.as_bytes());
            }
        }
    }

    /// # Errors
    /// AWS's refusal of a context that is too large.
    pub(crate) fn check(&self) -> Result<()> {
        let bytes: usize = self.0.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > MAX_BYTES {
            return Err(error::validation(format!(
                "The encryption context must not be longer than {MAX_BYTES} bytes"
            )));
        }
        Ok(())
    }
}

/// The values of `kms:EncryptionContext:<name>` and `kms:EncryptionContextKeys`.
pub(crate) fn condition<'v>(
    context: Option<&'v EncryptionContext>,
    key: &str,
) -> Option<Values<'v>> {
    let pairs = &context?.0;
    if key == "kms:encryptioncontextkeys" {
        let names: Vec<_> = pairs.keys().map(|name| Cow::Borrowed(name.as_str())).collect();
        return (!names.is_empty()).then_some(Values::Many(names));
    }
    let name = key.strip_prefix("kms:encryptioncontext:")?;
    let mut found: Vec<_> = pairs
        .iter()
        .filter(|(present, _)| present.eq_ignore_ascii_case(name))
        .map(|(_, value)| Cow::Borrowed(value.as_str()))
        .collect();
    // A context may have names that differ only in case. A policy must not be satisfied by one of
    // them while the ciphertext is about another, so it sees all of them.
    match found.len() {
        0 => None,
        1 => found.pop().map(Values::One),
        _ => Some(Values::Many(found)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(context: &EncryptionContext) -> Vec<u8> {
        let mut out = Vec::new();
        context.push_canonical(&mut out);
        out
    }

    #[test]
    fn no_two_contexts_have_one_canonical_form() {
        let contexts = [
            EncryptionContext::of([]),
            EncryptionContext::of([("a", "")]),
            EncryptionContext::of([("", "a")]),
            EncryptionContext::of([("a", "b")]),
            EncryptionContext::of([("ab", "")]),
            EncryptionContext::of([("a", "b"), ("c", "d")]),
            EncryptionContext::of([("a", "bc"), ("", "d")]),
        ];
        for (i, one) in contexts.iter().enumerate() {
            for other in &contexts[i + 1..] {
                assert_ne!(canonical(one), canonical(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn names_are_found_as_iam_compares_them() {
        let context = EncryptionContext::of([("SecretARN", "x"), ("Other", "y")]);
        let find = |key: &str| condition(Some(&context), key).and_then(Values::single);
        assert_eq!(find("kms:encryptioncontext:secretarn").as_deref(), Some("x"));
        assert_eq!(find("kms:encryptioncontext:unknown"), None);
    }

    #[test]
    fn names_that_differ_in_case_are_seen_together() {
        let context = EncryptionContext::of([("SecretARN", "x"), ("secretarn", "y")]);
        let found = condition(Some(&context), "kms:encryptioncontext:secretarn");
        assert_eq!(found.map(|values| values.as_slice().len()), Some(2));
    }
}
