//! Three-valued truth: where the language leaves a case open, doubt counts against the caller.

use serde::{Deserialize, Serialize};

/// Whether something holds.
///
/// A Deny statement applies unless it certainly does not; an Allow statement applies only if it
/// certainly does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Certainty {
    /// It does not.
    No,
    /// The language does not say.
    Doubt,
    /// It does.
    Yes,
}

impl Certainty {
    pub(crate) fn and(self, other: Certainty) -> Certainty {
        self.min(other)
    }

    pub(crate) fn negated_if(self, negate: bool) -> Certainty {
        match (negate, self) {
            (true, Certainty::Yes) => Certainty::No,
            (true, Certainty::No) => Certainty::Yes,
            _ => self,
        }
    }

    /// Yes if any is certain, Doubt if any is in doubt, else No.
    pub(crate) fn any(all: impl IntoIterator<Item = Certainty>) -> Certainty {
        let mut found = Certainty::No;
        for one in all {
            if one == Certainty::Yes {
                return one;
            }
            found = found.max(one);
        }
        found
    }

    /// No if any is certainly not, Doubt if any is in doubt, else Yes.
    pub(crate) fn every(all: impl IntoIterator<Item = Certainty>) -> Certainty {
        let mut found = Certainty::Yes;
        for one in all {
            if one == Certainty::No {
                return one;
            }
            found = found.min(one);
        }
        found
    }
}

impl From<bool> for Certainty {
    fn from(holds: bool) -> Certainty {
        if holds { Certainty::Yes } else { Certainty::No }
    }
}
