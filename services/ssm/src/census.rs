//! How many parameters an account has in a region, for AWS's limits.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_records::{Changes, Record, Stored};
use strongroom_wire::Result;

use crate::shapes::Tier;
use crate::{Ssm, error, paths};

const MOST_STANDARD: u64 = 10_000;
const MOST_ADVANCED: u64 = 100_000;

/// The numbers, changed together with what they count.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Numbers {
    standard: u64,
    advanced: u64,
}

impl Record for Numbers {
    const KIND: &'static str = "number of parameters";
}

/// The numbers as they were read.
pub struct Census {
    key: String,
    read: Option<Arc<Stored<Numbers>>>,
    now: Numbers,
}

impl Ssm {
    /// Reads the numbers, to change them.
    pub(crate) async fn census(&self, account: &str, region: &str) -> Result<Census> {
        let key = paths::census(account, region);
        let read = self.records.get::<Numbers>(&key).await.map_err(error::of_record)?;
        let now = read.as_ref().map_or_else(Numbers::default, |read| read.value);
        Ok(Census { key, read, now })
    }
}

impl Census {
    /// One more.
    ///
    /// # Errors
    /// ParameterLimitExceeded.
    pub fn add(&mut self, tier: Tier) -> Result<()> {
        let (number, most) = self.of(tier);
        *number += 1;
        if *number > most { Err(error::too_many_parameters()) } else { Ok(()) }
    }

    /// One less.
    pub fn take(&mut self, tier: Tier) {
        let (number, _) = self.of(tier);
        *number = number.saturating_sub(1);
    }

    /// Writes the numbers along with `changes`.
    pub fn write(&self, changes: &mut Changes<'_>) -> Result<()> {
        match &self.read {
            Some(read) => changes.replace(read, &self.now),
            None => changes.create(&self.key, &self.now),
        }
        .map_err(error::of_record)
    }

    fn of(&mut self, tier: Tier) -> (&mut u64, u64) {
        match tier {
            Tier::Advanced => (&mut self.now.advanced, MOST_ADVANCED),
            Tier::Standard | Tier::Intelligent => (&mut self.now.standard, MOST_STANDARD),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_after_the_last_is_refused_and_deleting_makes_room() {
        let now = Numbers { standard: MOST_STANDARD - 1, advanced: 0 };
        let mut census = Census { key: String::new(), read: None, now };
        assert!(census.add(Tier::Standard).is_ok());
        assert!(census.add(Tier::Standard).is_err());
        assert!(census.add(Tier::Advanced).is_ok());
        census.take(Tier::Standard);
        census.take(Tier::Standard);
        assert!(census.add(Tier::Standard).is_ok());
    }
}
