//! AWS's public Runtime API, as one instance sees it.
//!
//! `GET /2018-06-01/runtime/invocation/next` waits for an event; its answer goes to
//! `…/invocation/ID/response` or `…/error`. An instance that cannot begin says so to `…/init/error`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::fault::LARGEST_REPLY;
use crate::{Event, processes};

/// What an instance tells.
#[derive(Debug)]
pub(crate) enum Signal {
    /// It waits for an event.
    Ready,
    /// It cannot begin: the error as it describes it.
    InitError(Vec<u8>),
    /// It has an answer.
    Answer {
        /// What it returned, or its error.
        payload: Vec<u8>,
        /// Whether it is an error.
        is_error: bool,
    },
    /// Its answer is larger than answers may be.
    TooLarge,
}

/// The server of one instance.
pub(crate) struct RuntimeApi {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
    changed: Notify,
    signals: mpsc::UnboundedSender<Signal>,
    address: SocketAddr,
}

#[derive(Default)]
struct State {
    /// The process whose tree may talk to us; until it is known, nobody may.
    root: Option<u32>,
    /// What is to be handed over.
    next: Option<(Event, i64)>,
    /// The id of the event that is being worked on.
    current: Option<String>,
}

const PREFIX: &str = "/2018-06-01/runtime/";
/// Connections that one instance may have open.
const MOST_CONNECTIONS: usize = 64;

impl RuntimeApi {
    /// Begins to serve.
    ///
    /// # Errors
    /// The operating system's: no address to listen on.
    pub(crate) async fn begin() -> std::io::Result<(Self, mpsc::UnboundedReceiver<Signal>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (signals, received) = mpsc::unbounded_channel();
        let state = Mutex::default();
        let shared = Arc::new(Shared { state, changed: Notify::new(), signals, address });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok((Self { shared, address, server }, received))
    }

    /// Where it serves: `127.0.0.1:4711`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Says whose it is.
    pub(crate) fn belongs_to(&self, process: u32) {
        lock(&self.shared.state).root = Some(process);
        self.shared.changed.notify_waiters();
    }

    /// Hands an event to whoever waits for one. It is to be done by `deadline_millis`.
    pub(crate) fn hand_over(&self, event: Event, deadline_millis: i64) {
        lock(&self.shared.state).next = Some((event, deadline_millis));
        self.shared.changed.notify_waiters();
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let accepted = listener.accept().await;
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) if connections.len() < MOST_CONNECTIONS => {
                connections.spawn(talk(stream, peer, Arc::clone(&shared)));
            }
            Ok(_) => {}
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn talk(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    let root = shared.root().await;
    if !processes::owns(&processes::tree(root), peer, shared.address) {
        tracing::warn!("somebody else's connection to a function's Runtime API was refused");
        return;
    }
    let _slower_without = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(shared.answer(request).await) }
    });
    let mut http = http1::Builder::new();
    // While the function works its connection says nothing, for as long as that takes.
    http.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(64 << 10);
    if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("a function's connection ended early: {error}");
    }
}

impl Shared {
    async fn root(&self) -> u32 {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(root) = lock(&self.state).root {
                return root;
            }
            changed.await;
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let rest = path.strip_prefix(PREFIX).unwrap_or_default();
        match (request.method(), rest) {
            (&Method::GET, "invocation/next") => self.next().await,
            (&Method::POST, "init/error") => {
                let body = read(request).await.unwrap_or_default();
                self.tell(Signal::InitError(body));
                status(StatusCode::ACCEPTED, r#"{"status":"OK"}"#)
            }
            (&Method::POST, rest) => {
                let answered =
                    rest.strip_prefix("invocation/").and_then(|rest| rest.split_once('/'));
                match answered {
                    Some((id, "response")) => self.finish(id, false, request).await,
                    Some((id, "error")) => self.finish(id, true, request).await,
                    _ => unknown(),
                }
            }
            _ => unknown(),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        // Whoever asks for the next event is done with the one before.
        lock(&self.state).current = None;
        self.tell(Signal::Ready);
        let (event, deadline) = loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(next) = self.take_next() {
                break next;
            }
            changed.await;
        };
        let mut response = Response::new(Full::new(Bytes::from(event.payload)));
        let headers = response.headers_mut();
        let mut insert = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        insert("content-type", "application/json");
        insert("lambda-runtime-aws-request-id", &event.request_id);
        insert("lambda-runtime-deadline-ms", &deadline.to_string());
        insert("lambda-runtime-invoked-function-arn", &event.invoked_arn);
        insert("lambda-runtime-trace-id", &trace_id(&event.request_id, deadline));
        if let Some(context) = &event.client_context {
            insert("lambda-runtime-client-context", context);
        }
        response
    }

    fn take_next(&self) -> Option<(Event, i64)> {
        let mut state = lock(&self.state);
        let next = state.next.take()?;
        state.current = Some(next.0.request_id.clone());
        Some(next)
    }

    async fn finish(
        &self,
        id: &str,
        is_error: bool,
        request: Request<Incoming>,
    ) -> Response<Full<Bytes>> {
        if lock(&self.state).current.as_deref() != Some(id) {
            return status(
                StatusCode::BAD_REQUEST,
                r#"{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"#,
            );
        }
        let body = read(request).await;
        lock(&self.state).current = None;
        match body {
            Some(payload) => {
                self.tell(Signal::Answer { payload, is_error });
                status(StatusCode::ACCEPTED, r#"{"status":"OK"}"#)
            }
            None => {
                self.tell(Signal::TooLarge);
                let message = format!(
                    r#"{{"errorMessage":"Exceeded maximum allowed payload size ({LARGEST_REPLY} bytes).","errorType":"RequestEntityTooLarge"}}"#
                );
                status(StatusCode::PAYLOAD_TOO_LARGE, &message)
            }
        }
    }

    fn tell(&self, signal: Signal) {
        // An instance that nobody listens to any more is about to end.
        let _nobody_listens = self.signals.send(signal);
    }
}

/// A body within bounds; `None` for a larger one. One that is cut off counts as empty.
async fn read(request: Request<Incoming>) -> Option<Vec<u8>> {
    match Limited::new(request.into_body(), LARGEST_REPLY).collect().await {
        Ok(body) => Some(body.to_bytes().to_vec()),
        Err(cause) if cause.is::<LengthLimitError>() => None,
        Err(_) => Some(Vec::new()),
    }
}

/// The form that tracing libraries insist on; nothing is traced.
fn trace_id(request_id: &str, deadline_millis: i64) -> String {
    let digits: String = request_id.chars().filter(char::is_ascii_hexdigit).take(24).collect();
    format!("Root=1-{:08x}-{digits:0>24};Sampled=0", deadline_millis / 1_000)
}

fn unknown() -> Response<Full<Bytes>> {
    status(StatusCode::NOT_FOUND, r#"{"errorMessage":"No such path","errorType":"NotFound"}"#)
}

fn status(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
