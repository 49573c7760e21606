//! One instance of a function: a process tree that works on one event after the other.

use std::time::Duration;

use tokio::process::Child;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use crate::blueprint::{Blueprint, Clock};
use crate::output::Output;
use crate::runtime_api::{RuntimeApi, Signal};
use crate::wall::Wall;
use crate::{Event, Finished, fault, processes};

/// An instance.
pub struct Instance {
    blueprint: Blueprint,
    clock: Clock,
    child: Child,
    root: u32,
    api: RuntimeApi,
    signals: UnboundedReceiver<Signal>,
    output: Output,
    /// How long it took to begin, until that has been told.
    init: Option<Duration>,
    /// The most memory it was seen to use, in bytes.
    most_memory: u64,
    is_spent: bool,
}

/// What became of waiting for an instance.
enum End {
    Answered { payload: Vec<u8>, is_error: bool },
    Ended(String),
    TimedOut,
    Refused(Vec<u8>),
}

/// AWS gives an instance as long to begin, however short its function's timeout is.
const BEGINNING: Duration = Duration::from_secs(10);
/// How often the memory of an instance is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl Instance {
    /// Starts one. It is not ready yet; the first event waits until it is.
    ///
    /// # Errors
    /// The operating system's.
    pub async fn start(blueprint: Blueprint, wall: &Wall, clock: Clock) -> std::io::Result<Self> {
        let (api, signals) = RuntimeApi::begin().await?;
        let (output, ends) = Output::pipe(blueprint.sink.clone(), clock.clone())?;
        let child = wall.start(&blueprint, &api.address(), ends).await?;
        let root = child.id().ok_or_else(|| std::io::Error::other("it has ended already"))?;
        api.belongs_to(root);
        Ok(Self {
            blueprint,
            clock,
            child,
            root,
            api,
            signals,
            output,
            init: None,
            most_memory: 0,
            is_spent: false,
        })
    }

    /// Waits until it is ready for its first event.
    ///
    /// # Errors
    /// The error that callers see, when it ended or said that it cannot begin. It is spent then.
    pub async fn begin(&mut self, request_id: &str) -> Result<(), Finished> {
        let started = Instant::now();
        let patience = BEGINNING.max(self.blueprint.timeout);
        self.output.begin();
        loop {
            let end = match self.wait(started + patience).await {
                Wait::Signal(Signal::Ready) => {
                    self.init = Some(started.elapsed());
                    return Ok(());
                }
                Wait::Signal(Signal::InitError(error)) => End::Refused(error),
                Wait::Signal(_) => continue,
                Wait::Ended(how) => End::Ended(how),
                Wait::TimedOut => End::TimedOut,
            };
            let beginning = Duration::from_millis(started.elapsed().as_millis() as u64);
            return Err(self.conclude(end, request_id, beginning).await);
        }
    }

    /// Lets it work on `event`.
    pub async fn work(&mut self, event: Event) -> Finished {
        let id = event.request_id.clone();
        let timeout = self.blueprint.timeout;
        self.output.begin();
        self.output.say(&format!("START RequestId: {id} Version: {}", self.blueprint.version));
        let started = Instant::now();
        let micros = i64::try_from(timeout.as_micros()).unwrap_or(i64::MAX);
        self.api.hand_over(event, (self.clock)().saturating_add(micros) / 1_000);
        let end = self.answer(started + timeout).await;
        self.conclude(end, &id, started.elapsed()).await
    }

    /// Whether it can be handed another event at `now_micros`.
    #[must_use]
    pub fn is_fit(&mut self, now_micros: i64) -> bool {
        let runs = matches!(self.child.try_wait(), Ok(None));
        runs && !self.is_spent && now_micros < self.blueprint.expires_micros
    }

    /// The answer, once the instance is ready for more, has ended, or is out of time.
    async fn answer(&mut self, deadline: Instant) -> End {
        let mut answer = None;
        loop {
            match self.wait(deadline).await {
                Wait::Signal(Signal::Answer { payload, is_error }) => {
                    answer = Some(End::Answered { payload, is_error });
                }
                Wait::Signal(Signal::TooLarge) => {
                    let payload = fault::reply_too_large();
                    answer = Some(End::Answered { payload, is_error: true });
                }
                Wait::Signal(Signal::InitError(error)) => return End::Refused(error),
                Wait::Signal(Signal::Ready) => match answer {
                    Some(answer) => return answer,
                    // It asks for more without having answered.
                    None => return End::Ended(EXITED.to_owned()),
                },
                Wait::Ended(how) => {
                    self.is_spent = true;
                    return answer.unwrap_or(End::Ended(how));
                }
                Wait::TimedOut => {
                    self.is_spent = true;
                    return answer.unwrap_or(End::TimedOut);
                }
            }
        }
    }

    /// What happens next.
    async fn wait(&mut self, deadline: Instant) -> Wait {
        let mut look = tokio::time::interval_at(Instant::now() + LOOK, LOOK);
        loop {
            tokio::select! {
                biased;
                signal = self.signals.recv() => {
                    // The sender lives as long as the server that we hold.
                    return signal.map_or(Wait::TimedOut, Wait::Signal);
                }
                ended = self.child.wait() => {
                    // What it said last may still be on its way.
                    if let Ok(signal) = self.signals.try_recv() {
                        return Wait::Signal(signal);
                    }
                    let how = ended.map_or_else(|_| EXITED.to_owned(), fault::end);
                    return Wait::Ended(how);
                }
                () = tokio::time::sleep_until(deadline) => return Wait::TimedOut,
                _ = look.tick() => {
                    if self.uses_too_much() {
                        return Wait::Ended(fault::KILLED.to_owned());
                    }
                }
            }
        }
    }

    fn uses_too_much(&mut self) -> bool {
        let memory = processes::memory(&processes::tree(self.root));
        self.most_memory = self.most_memory.max(memory);
        memory > u64::from(self.blueprint.memory_mib) << 20
    }

    /// Writes the last lines, and makes an answer of how it ended.
    async fn conclude(&mut self, end: End, id: &str, took: Duration) -> Finished {
        self.uses_too_much();
        if !matches!(end, End::Answered { .. }) {
            self.is_spent = true;
            self.kill().await;
        }
        self.output.drain();
        let (payload, is_error) = match end {
            End::Answered { payload, is_error } => (payload, is_error),
            End::Ended(how) => {
                self.output.say(&format!("RequestId: {id} Error: {how}"));
                (fault::exited(id, &how), true)
            }
            End::TimedOut => {
                let message = fault::timeout_message(self.blueprint.timeout);
                self.output.say(&format!("{id} {message}"));
                (fault::timed_out(id, self.blueprint.timeout), true)
            }
            End::Refused(error) => (error, true),
        };
        self.report(id, took);
        Finished { payload: answer_or_null(payload), is_error, log_tail: self.output.tail() }
    }

    fn report(&mut self, id: &str, took: Duration) {
        let millis = took.as_secs_f64() * 1_000.0;
        let (size, used) = (self.blueprint.memory_mib, self.most_memory.div_ceil(1 << 20).max(1));
        let init = self.init.take().map_or_else(String::new, |init| {
            format!("\tInit Duration: {:.2} ms", init.as_secs_f64() * 1_000.0)
        });
        self.output.say(&format!("END RequestId: {id}"));
        self.output.say(&format!(
            "REPORT RequestId: {id}\tDuration: {millis:.2} ms\tBilled Duration: {:.0} ms\t\
             Memory Size: {size} MB\tMax Memory Used: {used} MB{init}",
            millis.ceil()
        ));
    }

    /// Ends the whole tree: when the first process in the sandbox ends, all do.
    async fn kill(&mut self) {
        self.kill_group();
        let _gone_already = self.child.kill().await;
    }

    fn kill_group(&self) {
        if let Some(group) = rustix::process::Pid::from_raw(self.root.cast_signed()) {
            let signal = rustix::process::Signal::KILL;
            let _gone_already = rustix::process::kill_process_group(group, signal);
        }
    }
}

/// Without bubblewrap, only the group is known to be the instance's.
impl Drop for Instance {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill_group();
        }
    }
}

enum Wait {
    Signal(Signal),
    Ended(String),
    TimedOut,
}

const EXITED: &str = "Runtime exited without providing a reason";

/// A function that returns nothing returns null.
fn answer_or_null(payload: Vec<u8>) -> Vec<u8> {
    if payload.is_empty() { b"null".to_vec() } else { payload }
}
