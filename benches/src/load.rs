//! Load: so many connections, each asking again as soon as it is answered, for so long.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::Connection;
use crate::server::Server;
use crate::{Failure, Result};

/// What a connection asks: appends the next request to the buffer.
pub type Requests = Box<dyn FnMut(&mut Vec<u8>) + Send>;

/// What a window of load came to.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Requests answered.
    pub answered: usize,
    /// How long it took.
    pub elapsed: Duration,
    /// CPU time that the server took for it.
    pub cpu: Duration,
    /// Microseconds from request to answer, sorted.
    latencies: Vec<u32>,
}

/// How much load.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Connections.
    pub connections: usize,
    /// How long.
    pub length: Duration,
}

impl Window {
    /// Loads `server` with what `requests` gives to each connection, by its number. The first fifth of
    /// the time is not counted.
    ///
    /// # Errors
    /// Any answer that is not 200, and the sockets'.
    pub fn run(self, server: &Server, requests: impl Fn(usize) -> Requests) -> Result<Figures> {
        // One thread drives all connections: the server keeps as much of the machine as it can get.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut callers: Vec<Caller> = Vec::new();
            for number in 0..self.connections {
                callers.push(Caller::connect(server.address, requests(number)).await?);
            }
            let callers = self.drive(callers, self.length / 5).await?.0;
            let began = (Instant::now(), server.cpu()?);
            let (_, mut latencies) = self.drive(callers, self.length).await?;
            let (elapsed, cpu) = (began.0.elapsed(), server.cpu()? - began.1);
            latencies.sort_unstable();
            Ok(Figures { answered: latencies.len(), elapsed, cpu, latencies })
        })
    }

    async fn drive(
        self,
        callers: Vec<Caller>,
        length: Duration,
    ) -> Result<(Vec<Caller>, Vec<u32>)> {
        let until = Instant::now() + length;
        let mut tasks = JoinSet::new();
        for caller in callers {
            tasks.spawn(caller.call_until(until));
        }
        let (mut callers, mut latencies) = (Vec::new(), Vec::new());
        while let Some(ended) = tasks.join_next().await {
            let (caller, took) = ended??;
            callers.push(caller);
            latencies.extend(took);
        }
        Ok((callers, latencies))
    }
}

struct Caller {
    connection: Connection,
    requests: Requests,
    buffer: Vec<u8>,
}

impl Caller {
    async fn connect(address: SocketAddr, requests: Requests) -> Result<Self> {
        let connection = Connection::open(address).await?;
        Ok(Self { connection, requests, buffer: Vec::new() })
    }

    async fn call_until(mut self, until: Instant) -> Result<(Self, Vec<u32>), Failure> {
        let mut latencies = Vec::new();
        let mut sent = Instant::now();
        while sent < until {
            self.buffer.clear();
            (self.requests)(&mut self.buffer);
            let response = self.connection.call(&self.buffer).await?;
            if response.status != 200 {
                return Err(response.describe().into());
            }
            let answered = Instant::now();
            latencies.push(u32::try_from((answered - sent).as_micros()).unwrap_or(u32::MAX));
            sent = answered;
        }
        Ok((self, latencies))
    }
}

impl Figures {
    /// Requests in a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.answered as f64 / self.elapsed.as_secs_f64()
    }

    /// Server CPU for a request, in microseconds.
    #[must_use]
    pub fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.answered.max(1) as f64
    }

    /// The latency in microseconds that `part` of the requests stay under.
    #[must_use]
    pub fn latency_micros(&self, part: f64) -> u32 {
        let index = (self.latencies.len() as f64 * part) as usize;
        self.latencies.get(index).or(self.latencies.last()).copied().unwrap_or_default()
    }
}

/// A request that is asked over and over.
#[must_use]
pub fn replay(request: Vec<u8>) -> Requests {
    Box::new(move |buffer| buffer.extend_from_slice(&request))
}

/// The median of `of` over several windows.
#[must_use]
pub fn median(windows: &[Figures], of: impl Fn(&Figures) -> f64) -> f64 {
    let mut all: Vec<f64> = windows.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    match all.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => all[count / 2],
        count => (all[count / 2 - 1] + all[count / 2]) / 2.0,
    }
}
