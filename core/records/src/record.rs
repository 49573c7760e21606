//! What a record is, and how it becomes bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use strongroom_store::Revision;
use zeroize::Zeroizing;

use crate::error::RecordError;

/// A type that is stored.
///
/// The format is MessagePack with field names, so that a new optional field (`#[serde(default)]`)
/// needs no new version. Anything else does: raise `VERSION` and read the old one in
/// [`upgrade`](Self::upgrade).
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The kind, for messages: `secret`.
    const KIND: &'static str;
    /// The version that is written.
    const VERSION: u8 = 1;

    /// Reads the fields of an older version; `None` if there never was such a version.
    fn upgrade(version: u8, fields: &[u8]) -> Option<Self> {
        let _ = (version, fields);
        None
    }
}

/// A record as it was read.
#[derive(Debug)]
pub struct Stored<T> {
    /// Its key.
    pub key: String,
    /// The revision it was read at, which a change of it compares.
    pub revision: Revision,
    /// The record.
    pub value: T,
}

impl<T> std::ops::Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

const TYPICAL_BYTES: usize = 4_096;

/// The bytes are wiped when dropped: a record may hold key material.
pub(crate) fn encode<T: Record>(key: &str, value: &T) -> Result<Zeroizing<Vec<u8>>, RecordError> {
    // Room for most records, so that growing leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(TYPICAL_BYTES));
    bytes.push(T::VERSION);
    rmp_serde::encode::write_named(&mut *bytes, value)
        .map_err(|cause| RecordError::Unwritable { key: key.to_owned(), cause: cause.into() })?;
    Ok(bytes)
}

pub(crate) fn decode<T: Record>(key: &str, bytes: &[u8]) -> Result<T, RecordError> {
    let Some((&version, fields)) = bytes.split_first() else {
        return Err(RecordError::damaged(key, "the record is empty"));
    };
    if version == T::VERSION {
        return rmp_serde::from_slice(fields).map_err(|cause| RecordError::damaged(key, cause));
    }
    if version > T::VERSION {
        return Err(RecordError::Newer { key: key.to_owned(), found: version, known: T::VERSION });
    }
    T::upgrade(version, fields)
        .ok_or_else(|| RecordError::damaged(key, "the record has a format that never existed"))
}
