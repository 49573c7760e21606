//! The one place of our client programs that asks the machine for time, randomness and variables.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use jiff::Timestamp;

use crate::Error;

/// What a program needs of the machine that it runs on, given to it so that tests can choose.
pub trait Machine: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Time since some moment before, by a clock that nobody sets. Whoever has none gives the time of day.
    fn steady(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default()
    }

    /// Fills `bytes` with unpredictable ones.
    ///
    /// # Errors
    /// When the system has none to give.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error>;

    /// A number below `bound`, evenly enough for delays; 0 if there is no randomness.
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        match self.fill(&mut bytes) {
            Ok(()) => u64::from_le_bytes(bytes) % bound.max(1),
            Err(_) => 0,
        }
    }
}

/// The machine itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisMachine;

impl ThisMachine {
    /// It, as programs pass it around.
    #[must_use]
    pub fn shared() -> Arc<dyn Machine> {
        Arc::new(Self)
    }
}

impl Machine for ThisMachine {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[allow(clippy::disallowed_methods)]
    fn steady(&self) -> Duration {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        FIRST.get_or_init(Instant::now).elapsed()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        rand::fill(bytes).map_err(|_| Error::settings("the system has no randomness to give"))
    }
}

/// Looks up an environment variable.
pub type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The variables of this process; an empty one counts as unset, as in AWS's SDKs.
#[must_use]
pub fn process_variables() -> Variables {
    Arc::new(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
