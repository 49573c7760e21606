//! How keys and sealed bytes are written in JSON.

use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// For `#[serde(serialize_with)]`: bytes as base64.
pub(crate) fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64.encode(bytes))
}

/// For `#[serde(deserialize_with)]`: bytes from base64.
pub(crate) fn from_base64<'de, D: Deserializer<'de>>(text: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(text)?;
    BASE64.decode(text.as_bytes()).map_err(D::Error::custom)
}
