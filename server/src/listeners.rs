//! Sockets: accepting connections and speaking HTTP/1.1 or HTTP/2 on them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::certificate::Certificate;
use crate::connections::{Completed, Connections, Entered, Finish, Watch, Watched, drive};
use crate::limits::Limits;
use crate::request::{Gateway, Peer};
use crate::respond::Reply;
use crate::tls;

/// A socket on which the API is spoken.
pub struct Listener {
    /// The socket.
    pub socket: TcpListener,
    /// With which certificate TLS is spoken, if it is.
    pub tls: Option<Arc<Certificate>>,
    /// Who answers.
    pub gateway: Arc<Gateway>,
    /// Where connections are entered.
    pub connections: Arc<Connections>,
}

/// One connection's end of the line: what a request on it needs.
struct Line {
    gateway: Arc<Gateway>,
    connections: Arc<Connections>,
    peer: Peer,
    watch: Arc<Watch>,
}

impl Listener {
    /// Accepts connections until `stop` says so.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let limits = self.gateway.limits.clone();
        let places = Arc::new(Semaphore::new(limits.connections));
        let listener = Arc::new(self);
        let http = Arc::new(protocol(&limits));
        loop {
            // A place is taken first: beyond the limit, clients wait in the kernel's queue.
            let place = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let accepted = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                accepted = listener.socket.accept() => accepted,
            };
            let (stream, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: wait until some are back.
                    tracing::warn!("a connection could not be accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            listener.gateway.metrics.connections.fetch_add(1, Ordering::Relaxed);
            let entered = listener.connections.enter();
            let (listener, http) = (Arc::clone(&listener), Arc::clone(&http));
            tokio::spawn(async move {
                listener.handle(stream, address, entered, &http).await;
                drop(place);
            });
        }
    }

    async fn handle(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        entered: Entered,
        http: &auto::Builder<TokioExecutor>,
    ) {
        let _slower_without = stream.set_nodelay(true);
        let address = address.ip().to_canonical().to_string();
        let Some(certificate) = &self.tls else {
            return self.speak(stream, Peer { address, tls: None }, &entered, http).await;
        };
        let patience = self.gateway.limits.handshake_patience;
        match tokio::time::timeout(patience, certificate.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => {
                let tls = Some(tls::describe(stream.get_ref().1));
                self.speak(stream, Peer { address, tls }, &entered, http).await;
            }
            Ok(Err(error)) => tracing::debug!("a TLS handshake with {address} failed: {error}"),
            Err(_) => tracing::debug!("a TLS handshake with {address} took too long"),
        }
    }

    async fn speak<S>(
        &self,
        stream: S,
        peer: Peer,
        entered: &Entered,
        http: &auto::Builder<TokioExecutor>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let watch = Arc::clone(entered.watch());
        let line = Arc::new(Line {
            gateway: Arc::clone(&self.gateway),
            connections: Arc::clone(&self.connections),
            peer,
            watch: Arc::clone(&watch),
        });
        let stream = Watched::new(TokioIo::new(stream), Arc::clone(&watch));
        let service = service_fn(move |request| {
            let line = Arc::clone(&line);
            let connections = Arc::clone(&line.connections);
            Completed::new(line.answer(request), connections)
        });
        if let Some(Err(error)) = drive(http.serve_connection(stream, service), &watch).await {
            // Clients hang up as they please.
            tracing::debug!("a connection ended early: {error}");
        }
    }
}

impl Line {
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Reply>, Infallible> {
        let in_progress = self.watch.begin(request.version() == Version::HTTP_2);
        let mut response = self.gateway.answer(&self.peer, request).await;
        response.body_mut().hold(in_progress);
        Ok(response)
    }
}

impl<I, S> Finish for auto::Connection<'_, I, S, TokioExecutor>
where
    S: hyper::service::HttpService<Incoming, ResBody = Reply>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin + 'static,
    TokioExecutor: hyper::rt::bounds::Http2ServerConnExec<S::Future, Reply>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

fn protocol(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        // Reading heads is timed by the patrol of connections, not by a timer for each request.
        .header_read_timeout(None)
        .max_buf_size(limits.head_bytes)
        // A client that closes its half after the request still wants the answer.
        .half_close(true)
        // Some clients, libmongocrypt among them, know `Content-Length` only in this spelling.
        .title_case_headers(true);
    http.http2()
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(64)
        .max_local_error_reset_streams(256)
        .initial_stream_window_size(256 << 10)
        .initial_connection_window_size(1 << 20)
        .max_send_buf_size(256 << 10);
    http
}
