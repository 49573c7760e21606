//! Hands events to instances, and bounds how many there are.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

use crate::blueprint::{Blueprint, Clock};
use crate::instance::Instance;
use crate::wall::Wall;
use crate::{Event, Finished, fault};

/// All instances.
pub struct Pool {
    wall: Wall,
    clock: Clock,
    most: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many instances work on an event, by function.
    busy: HashMap<String, u32>,
    /// How many that is in all.
    all_busy: u32,
    idle: Vec<Idle>,
}

struct Idle {
    group: String,
    key: String,
    since: Instant,
    instance: Instance,
}

/// Why an event was not worked on.
#[derive(Debug)]
pub enum Refusal<E> {
    /// There is no room.
    Busy(Busy),
    /// The blueprint could not be made.
    Unprepared(E),
}

/// Whose room is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// The function has as many instances at work as it may.
    Function,
    /// All together are as many as the machine takes.
    Machine,
}

/// Which instances an event may go to.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// The function, whatever its version.
    pub group: &'a str,
    /// What instances must have been started for.
    pub key: &'a str,
    /// How many instances of the function may work at once, if that was said.
    pub most: Option<u32>,
}

/// An instance that has nothing to do for as long is ended.
const LONGEST_IDLE: Duration = Duration::from_secs(600);
/// How often that is looked at.
pub const SWEEP: Duration = Duration::from_secs(15);

impl Pool {
    /// A pool of at most `most` instances behind `wall`.
    #[must_use]
    pub fn new(wall: Wall, clock: Clock, most: u32) -> Self {
        Self { wall, clock, most, state: Mutex::default() }
    }

    /// How functions are kept apart from everything else.
    #[must_use]
    pub fn wall(&self) -> &Wall {
        &self.wall
    }

    /// Lets an instance work on `event`. `prepare` is asked if one has to be started.
    ///
    /// # Errors
    /// [`Refusal`]: no instance has seen the event.
    pub async fn run<E>(
        &self,
        choice: Choice<'_>,
        event: Event,
        prepare: impl AsyncFnOnce() -> Result<Blueprint, E>,
    ) -> Result<Finished, Refusal<E>> {
        let _place = self.place(choice).map_err(Refusal::Busy)?;
        if let Some(mut instance) = self.take(choice) {
            let finished = instance.work(event).await;
            self.put_back(choice, instance);
            return Ok(finished);
        }
        let blueprint = prepare().await.map_err(Refusal::Unprepared)?;
        let name = blueprint.name.clone();
        let started = Instance::start(blueprint, &self.wall, self.clock.clone()).await;
        let mut instance = match started {
            Ok(instance) => instance,
            Err(cause) => {
                tracing::error!(function = name, "a function could not be started: {cause}");
                let kind = "Runtime.InvalidEntrypoint";
                let payload =
                    fault::not_started(&event.request_id, kind, "the runtime did not start");
                return Ok(Finished { payload, is_error: true, log_tail: Vec::new() });
            }
        };
        if let Err(finished) = instance.begin(&event.request_id).await {
            return Ok(finished);
        }
        let finished = instance.work(event).await;
        self.put_back(choice, instance);
        Ok(finished)
    }

    /// Ends the idle instances of a function.
    pub fn forget(&self, group: &str) {
        let gone: Vec<Idle> =
            self.state().idle.extract_if(.., |idle| idle.group == group).collect();
        drop(gone);
    }

    /// Ends instances that have had nothing to do for long, or whose time is over.
    pub fn sweep(&self) {
        let now = (self.clock)();
        let gone: Vec<Idle> = self
            .state()
            .idle
            .extract_if(.., |idle| {
                idle.since.elapsed() > LONGEST_IDLE || !idle.instance.is_fit(now)
            })
            .collect();
        drop(gone);
    }

    /// Ends every idle instance.
    pub fn close(&self) {
        let gone = std::mem::take(&mut self.state().idle);
        drop(gone);
    }

    fn place(&self, choice: Choice<'_>) -> Result<Place<'_>, Busy> {
        let mut state = self.state();
        let busy = state.busy.get(choice.group).copied().unwrap_or(0);
        if choice.most.is_some_and(|most| busy >= most) {
            return Err(Busy::Function);
        }
        if state.all_busy >= self.most {
            return Err(Busy::Machine);
        }
        state.all_busy += 1;
        state.busy.insert(choice.group.to_owned(), busy + 1);
        Ok(Place { pool: self, group: choice.group.to_owned() })
    }

    /// An idle instance of this kind, the one used last.
    fn take(&self, choice: Choice<'_>) -> Option<Instance> {
        let now = (self.clock)();
        let mut state = self.state();
        while let Some(at) = state.idle.iter().rposition(|idle| idle.key == choice.key) {
            let mut idle = state.idle.remove(at);
            if idle.instance.is_fit(now) {
                return Some(idle.instance);
            }
        }
        // There is to be room for one more: somebody else's that has been idle for longest goes.
        if state.idle.len() + state.all_busy as usize > self.most as usize {
            let oldest = state.idle.iter().enumerate().min_by_key(|(_, idle)| idle.since);
            if let Some(at) = oldest.map(|(at, _)| at) {
                state.idle.remove(at);
            }
        }
        None
    }

    fn put_back(&self, choice: Choice<'_>, mut instance: Instance) {
        if instance.is_fit((self.clock)()) {
            let (group, key) = (choice.group.to_owned(), choice.key.to_owned());
            self.state().idle.push(Idle { group, key, since: Instant::now(), instance });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to have one instance at work; given back when dropped.
struct Place<'p> {
    pool: &'p Pool,
    group: String,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.all_busy -= 1;
        match state.busy.get_mut(&self.group) {
            Some(busy) if *busy > 1 => *busy -= 1,
            _ => {
                state.busy.remove(&self.group);
            }
        }
    }
}

/// Ends instances that are not needed any more, for as long as there is a pool.
pub async fn keep_swept(pool: Weak<Pool>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        let Some(pool) = pool.upgrade() else { return };
        pool.sweep();
    }
}
