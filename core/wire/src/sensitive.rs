//! Values that must not be seen, and bytes.

use std::fmt;

use serde::{Serialize, Serializer};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The serde name under which a [`Sensitive`] announces itself to the writers of this crate.
pub(crate) const SENSITIVE: &str = "$strongroom::Sensitive";

/// A value that cannot be printed, logged or audited by accident, and is wiped when dropped.
///
/// It prints as `Sensitive(…)`. The wire writers of this crate write what it holds; the audit writer
/// leaves the member out; any other serializer gets AWS's marker `HIDDEN_DUE_TO_SECURITY_REASONS`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sensitive<T: Zeroize>(T);

impl<T: Zeroize> Sensitive<T> {
    /// Wraps `value`.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Every use of this is a place to review.
    #[must_use]
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> ZeroizeOnDrop for Sensitive<T> {}

impl<T: Zeroize> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(…)")
    }
}

impl<T: Zeroize + Serialize> Serialize for Sensitive<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Only this crate's writers look inside; they recognise the name and unwrap `Revealed`.
        serializer.serialize_newtype_struct(SENSITIVE, &Revealed(&self.0))
    }
}

/// What a foreign serializer would see of a sensitive value: the marker, unless the writer asked for more.
pub(crate) struct Revealed<'a, T>(&'a T);

impl<T: Serialize> Serialize for Revealed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            // Our writers say they are not human readable; serde_json and friends say they are.
            serializer.serialize_str("HIDDEN_DUE_TO_SECURITY_REASONS")
        } else {
            self.0.serialize(serializer)
        }
    }
}

/// Bytes of a `Blob` member: base64 in JSON and XML.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Blob(pub Vec<u8>);

impl Zeroize for Blob {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_sensitive_value_does_not_print() {
        let value = Sensitive::new("hunter2".to_owned());
        assert_eq!(format!("{value:?}"), "Sensitive(…)");
    }

    #[test]
    fn a_foreign_serializer_sees_only_the_marker() {
        let value = Sensitive::new("hunter2".to_owned());
        assert_eq!(serde_json::to_string(&value).unwrap(), "\"HIDDEN_DUE_TO_SECURITY_REASONS\"");
    }
}
