//! Every open connection: what it is waiting for, how long it may, and how it is asked to end.
//!
//! A timer for each request would cost more than reading the request. Instead every connection notes
//! in two numbers what it waits for and since when, and one task looks at all of them once a second.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::sync::Notify;

use crate::limits::Limits;

/// All open connections.
#[derive(Debug, Default)]
pub struct Connections {
    open: Mutex<HashMap<u64, Arc<Watch>>>,
    next: AtomicU64,
    /// Seconds since the start, counted by [`Connections::patrol`].
    second: Arc<AtomicU64>,
    /// Requests whose client hung up and that are brought to their end all the same.
    orphans: AtomicU32,
    gone: Notify,
}

/// What one connection is doing.
#[derive(Debug)]
pub struct Watch {
    second: Arc<AtomicU64>,
    in_progress: AtomicU32,
    waits_for: AtomicU8,
    since: AtomicU64,
    order: AtomicU8,
    waker: AtomicWaker,
}

/// Waits for the first byte of a request.
const IDLE: u8 = 0;
/// Waits for the rest of a request's head.
const HEAD: u8 = 1;
/// Speaks HTTP/2, where single bytes say nothing of requests.
const STREAMS: u8 = 2;

/// For the rest of a head or of a reply, once the server is to stop.
const HALF_SENT: Duration = Duration::from_secs(2);

const CARRY_ON: u8 = 0;
const FINISH: u8 = 1;
const DROP: u8 = 2;

impl Connections {
    /// Enters a new connection.
    #[must_use]
    pub fn enter(self: &Arc<Self>) -> Entered {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let watch = Arc::new(Watch {
            since: AtomicU64::new(self.second.load(Ordering::Relaxed)),
            second: Arc::clone(&self.second),
            in_progress: AtomicU32::new(0),
            waits_for: AtomicU8::new(IDLE),
            order: AtomicU8::new(CARRY_ON),
            waker: AtomicWaker::new(),
        });
        self.open().insert(number, Arc::clone(&watch));
        Entered { connections: Arc::clone(self), number, watch }
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.open().len()
    }

    /// How many requests are being worked on.
    #[must_use]
    pub fn requests_in_progress(&self) -> usize {
        let of_one = |watch: &Arc<Watch>| watch.in_progress.load(Ordering::Acquire) as usize;
        self.open().values().map(of_one).sum()
    }

    /// Ends connections that keep us waiting for longer than `limits` allow. Never returns.
    pub async fn patrol(&self, limits: &Limits) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            ticks.tick().await;
            self.end_overdue(limits.head_patience, limits.idle_patience);
        }
    }

    /// Lets every connection finish what it has begun, then ends it; after `patience` ends the rest.
    /// Returns how many had to be cut off. Nobody may be on [`patrol`](Self::patrol) any more.
    pub async fn drain(&self, patience: Duration) -> usize {
        self.open().values().for_each(|watch| watch.order(FINISH));
        let mut left = patience.as_secs();
        while tokio::time::timeout(Duration::from_secs(1), self.all_gone()).await.is_err() {
            if left <= 1 {
                let open = self.open();
                open.values().for_each(|watch| watch.order(DROP));
                return open.len();
            }
            left -= 1;
            self.end_overdue(HALF_SENT, HALF_SENT);
        }
        0
    }

    /// One second later, ends connections that keep us waiting for longer than allowed.
    fn end_overdue(&self, head: Duration, idle: Duration) {
        let now = self.second.fetch_add(1, Ordering::Relaxed) + 1;
        let open = self.open();
        let overdue = open.values().filter(|watch| watch.is_overdue(now, head, idle));
        overdue.for_each(|watch| watch.order(DROP));
    }

    async fn all_gone(&self) {
        loop {
            let gone = self.gone.notified();
            if self.count() == 0 && self.orphans.load(Ordering::Acquire) == 0 {
                return;
            }
            gone.await;
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Watch>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's entry; it leaves when this is dropped.
pub struct Entered {
    connections: Arc<Connections>,
    number: u64,
    watch: Arc<Watch>,
}

impl Entered {
    /// What the connection is doing.
    #[must_use]
    pub fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.remove(&self.number);
        if open.is_empty() {
            self.connections.gone.notify_waiters();
        }
    }
}

impl Watch {
    /// A request's head has been read. `streams` says that the connection carries many at once.
    pub fn begin(self: &Arc<Self>, streams: bool) -> InProgress {
        if streams {
            self.waits_for.store(STREAMS, Ordering::Relaxed);
        }
        self.in_progress.fetch_add(1, Ordering::Relaxed);
        InProgress(Arc::clone(self))
    }

    fn end(&self) {
        self.note_time();
        if self.waits_for.load(Ordering::Relaxed) == HEAD {
            self.waits_for.store(IDLE, Ordering::Relaxed);
        }
        self.in_progress.fetch_sub(1, Ordering::Release);
    }

    fn bytes_came(&self) {
        if self.waits_for.load(Ordering::Relaxed) == IDLE {
            self.note_time();
            self.waits_for.store(HEAD, Ordering::Relaxed);
        }
    }

    fn note_time(&self) {
        self.since.store(self.second.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    fn is_overdue(&self, now: u64, head: Duration, idle: Duration) -> bool {
        if self.in_progress.load(Ordering::Acquire) > 0 {
            // Reading a body has its own bound, and so has everything after it.
            return false;
        }
        let patience = match self.waits_for.load(Ordering::Relaxed) {
            HEAD => head,
            _ => idle,
        };
        now.saturating_sub(self.since.load(Ordering::Relaxed)) > patience.as_secs()
    }

    fn order(&self, order: u8) {
        self.order.fetch_max(order, Ordering::Release);
        self.waker.wake();
    }
}

/// A request in progress on a connection.
pub struct InProgress(Arc<Watch>);

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// A request's future that is brought to its end even if the client hangs up in the middle.
///
/// Without it a write could be committed and its record never written.
pub struct Completed<F: Future<Output: Send> + Send + 'static> {
    future: Option<Pin<Box<F>>>,
    connections: Arc<Connections>,
}

impl<F: Future<Output: Send> + Send + 'static> Completed<F> {
    /// `future`, which will be completed.
    pub fn new(future: F, connections: Arc<Connections>) -> Self {
        Self { future: Some(Box::pin(future)), connections }
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for Completed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        let outcome = future.as_mut().poll(cx);
        if outcome.is_ready() {
            self.future = None;
        }
        outcome
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for Completed<F> {
    fn drop(&mut self) {
        let Some(future) = self.future.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let connections = Arc::clone(&self.connections);
        connections.orphans.fetch_add(1, Ordering::Relaxed);
        runtime.spawn(async move {
            future.await;
            connections.orphans.fetch_sub(1, Ordering::Release);
            connections.gone.notify_waiters();
        });
    }
}

/// A connection that can be told to finish what it has begun.
pub trait Finish {
    /// Takes no further request.
    fn finish(self: Pin<&mut Self>);
}

/// Drives `connection` until it ends or is ordered to.
pub async fn drive<C, T, E>(connection: C, watch: &Watch) -> Option<Result<T, E>>
where
    C: Future<Output = Result<T, E>> + Finish,
{
    let mut connection = std::pin::pin!(connection);
    let mut finishing = false;
    std::future::poll_fn(|cx| {
        watch.waker.register(cx.waker());
        match watch.order.load(Ordering::Acquire) {
            DROP => return Poll::Ready(None),
            FINISH if !finishing => {
                finishing = true;
                connection.as_mut().finish();
            }
            _ => {}
        }
        connection.as_mut().poll(cx).map(Some)
    })
    .await
}

/// A byte stream that tells a [`Watch`] when something comes in.
pub struct Watched<S> {
    stream: S,
    watch: Arc<Watch>,
}

impl<S> Watched<S> {
    /// `stream`, watched by `watch`.
    pub fn new(stream: S, watch: Arc<Watch>) -> Self {
        Self { stream, watch }
    }
}

impl<S: Read + Unpin> Read for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() {
            self.watch.bytes_came();
        }
        read
    }
}

impl<S: Write + Unpin> Write for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}
