//! The records of one request, which go into the log together.
//!
//! A request leaves more than one record: reading a secret also decrypts its data key. Writing each for
//! itself costs a system call each. So the records of a request are gathered, and handed over before it
//! is answered; if the log does not take them, the request fails.

use std::sync::{Mutex, PoisonError};

use crate::record::{Recorder, Unrecorded};

/// Records, one after the other.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    /// Adds a record.
    pub fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
    }

    /// The records, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end])
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Gathers the records of one request.
#[derive(Default)]
pub(crate) struct Gathering(Mutex<Batch>);

impl Gathering {
    /// Room for the records of most requests.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Batch { bytes: Vec::with_capacity(2_560), ends: Vec::with_capacity(2) }))
    }

    /// What was gathered.
    pub(crate) fn into_batch(self) -> Batch {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Gathering {
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_out_as_they_went_in() {
        let gathering = Gathering::new();
        for record in ["{}", "", r#"{"a":1}"#] {
            assert!(gathering.append(record.as_bytes()).is_ok());
        }
        let batch = gathering.into_batch();
        assert_eq!(batch.iter().collect::<Vec<_>>(), [&b"{}"[..], b"", br#"{"a":1}"#]);
        assert_eq!(batch.len(), 3);
    }
}
