//! What is measured, one file for each table.

mod agent;
mod functions;
mod list;
mod random;
mod read;
mod role;
mod rotation;
mod schedule;
mod start;
mod trail;
mod write;

use std::path::PathBuf;
use std::time::Duration;

use crate::Result;
use crate::load::{Figures, Window};
use crate::secrets::Shelf;

/// What every part needs to know.
#[derive(Debug)]
pub struct Plan {
    /// The binary `strongroom`.
    pub binary: PathBuf,
    /// Where data directories stand.
    pub shelf: Shelf,
    /// The numbers of secrets, in rising order.
    pub sizes: Vec<u64>,
    /// The length of one measured window.
    pub length: Duration,
    /// How often each is measured; the median is shown.
    pub rounds: usize,
    /// AWS's own agent, to be measured beside ours.
    pub beside: Option<PathBuf>,
}

/// A part by its name on the command line.
pub type Part = (&'static str, fn(&Plan) -> Result<()>);

/// Every part, in the order in which they run.
pub const PARTS: [Part; 11] = [
    ("read", read::measure),
    ("role", role::measure),
    ("random", random::measure),
    ("write", write::measure),
    ("list", list::measure),
    ("start", start::measure),
    ("agent", agent::measure),
    ("functions", functions::measure),
    ("rotation", rotation::measure),
    ("schedule", schedule::measure),
    ("trail", trail::measure),
];

impl Plan {
    fn window(&self, connections: usize) -> Window {
        Window { connections, length: self.length }
    }

    /// Measures several things in turn, round after round, so that what else the machine does meets
    /// all of them alike.
    fn interleave(
        &self,
        things: usize,
        measure: impl Fn(usize) -> Result<Figures>,
    ) -> Result<Vec<Vec<Figures>>> {
        let mut all = vec![Vec::new(); things];
        for _ in 0..self.rounds {
            for (thing, windows) in all.iter_mut().enumerate() {
                windows.push(measure(thing)?);
            }
        }
        Ok(all)
    }
}

fn smallest(plan: &Plan) -> u64 {
    plan.sizes.first().copied().unwrap_or(1_000)
}
