//! Something that is not as it has to be, and where.

use std::fmt;

/// One thing to settle.
#[derive(Debug, PartialEq, Eq)]
pub struct Complaint {
    place: String,
    text: String,
}

/// What a check found; empty when all is well.
pub type Complaints = Vec<Complaint>;

impl Complaint {
    /// About a file, a line of one (`path:7`), or a name.
    pub fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}
