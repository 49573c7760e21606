//! The list of places where we differ from AWS's model on purpose.

use serde::Deserialize;

use crate::complaint::{Complaint, Complaints};
use crate::repository::Repository;

/// Where the list is.
pub const PATH: &str = "conformance/models/exceptions.toml";

/// The list.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    #[serde(default, rename = "exception")]
    list: Vec<Exception>,
}

/// One entry. A final `.*` in `at` takes in all members below.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    at: String,
    differs: String,
    reason: String,
    #[serde(skip)]
    was_met: bool,
}

impl Exceptions {
    /// Reads the list; without a file it is empty.
    ///
    /// # Errors
    /// When the file is not as it should be.
    pub fn read(repository: &Repository) -> Result<Self, Complaint> {
        let Ok(text) = repository.read(PATH) else { return Ok(Self::default()) };
        let exceptions: Self =
            toml::from_str(&text).map_err(|cause| Complaint::new(PATH, cause.to_string()))?;
        let nameless = exceptions.list.iter().find(|one| one.reason.trim().is_empty());
        match nameless {
            Some(one) => Err(Complaint::new(PATH, format!("{} has no reason", one.at))),
            None => Ok(exceptions),
        }
    }

    /// Whether a difference is on the list.
    pub fn allow(&mut self, at: &str, differs: &str) -> bool {
        let met = self.list.iter_mut().filter(|one| one.differs == differs && one.covers(at));
        met.map(|one| one.was_met = true).count() > 0
    }

    /// Entries that nothing differs for any more.
    pub fn leftovers(&self) -> Complaints {
        let leftover = |one: &Exception| {
            Complaint::new(PATH, format!("nothing differs at {} ({})", one.at, one.differs))
        };
        self.list.iter().filter(|one| !one.was_met).map(leftover).collect()
    }
}

impl Exception {
    fn covers(&self, at: &str) -> bool {
        match self.at.strip_suffix('*') {
            Some(beginning) => at.starts_with(beginning),
            None => self.at == at,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_entry_that_nothing_differs_for_is_reported() {
        let text = "[[exception]]\nat = \"kms.A.*\"\ndiffers = \"length\"\nreason = \"r\"\n\
                    [[exception]]\nat = \"kms.B\"\ndiffers = \"type\"\nreason = \"r\"\n";
        let mut exceptions: Exceptions = toml::from_str(text).unwrap();
        assert!(exceptions.allow("kms.A.Name", "length"));
        assert!(!exceptions.allow("kms.A.Name", "pattern"));
        assert!(!exceptions.allow("kms.Bee", "type"));
        assert_eq!(
            exceptions.leftovers(),
            [Complaint::new(PATH, "nothing differs at kms.B (type)")]
        );
    }
}
