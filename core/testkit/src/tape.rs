//! A recorder that keeps what it is told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use strongroom_api::{Recorder, Unrecorded};

/// A recorder that keeps every record, and can be told to fail.
#[derive(Default)]
pub struct Tape {
    records: Mutex<Vec<String>>,
    broken: AtomicBool,
}

impl Tape {
    /// The records so far, parsed.
    #[must_use]
    pub fn records(&self) -> Vec<Value> {
        let records = self.records.lock().unwrap();
        records.iter().map(|text| serde_json::from_str(text).expect("a record is JSON")).collect()
    }

    /// Everything that was recorded, as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.records.lock().unwrap().join("\n")
    }

    /// Forgets what was recorded.
    pub fn clear(&self) {
        self.records.lock().unwrap().clear();
    }

    /// From now on every record is refused (or taken again).
    pub fn break_down(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }
}

impl Recorder for Tape {
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(Unrecorded("the tape is broken".into()));
        }
        let text = String::from_utf8(record.to_vec()).expect("a record is text");
        assert!(!text.contains('\n'), "a record is one line");
        self.records.lock().unwrap().push(text);
        Ok(())
    }
}
