//! Takes connections: loopback, link-local for instance metadata, or a Unix socket; never more than agreed.

mod patient;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

use crate::desk::{Answer, Peer};
use crate::disk::of_file;
use crate::failure::Failure;
use patient::Patient;

/// Connections above the limit that still get their 429; any more are closed unheard.
const TOLD: usize = 32;
const MAX_HEAD_BYTES: usize = 16 << 10;
/// For a request's head, and for a peer that takes nothing of its answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Counts connections, of all listeners together.
pub struct Counter {
    open: AtomicUsize,
    max: usize,
}

/// An open socket.
pub enum Listener {
    /// TCP, with the number of hops that answers may travel.
    Tcp(TcpListener, u32),
    /// A Unix socket, removed at the end.
    Unix(UnixListener, PathBuf),
}

impl Counter {
    /// At most `max` connections are served.
    #[must_use]
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { open: AtomicUsize::new(0), max })
    }
}

/// One open connection; dropping it counts down.
struct Open(Arc<Counter>);

impl Open {
    /// The connection, and how many there are now.
    fn new(counter: &Arc<Counter>) -> (Self, usize) {
        let before = counter.open.fetch_add(1, Ordering::Relaxed);
        (Self(Arc::clone(counter)), before + 1)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Opens a TCP socket that only this host reaches. Answers travel `hops` hops at most.
///
/// # Errors
/// For an address that other hosts reach, or one that is taken.
pub async fn tcp(address: SocketAddr, hops: u32) -> Result<Listener, Failure> {
    let is_local = match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    if !is_local {
        return Err(Failure::new(format!("the agent does not listen on {address}"))
            .hint("use a loopback address, 169.254.169.254 or a Unix socket: other hosts run agents of their own"));
    }
    let listener = TcpListener::bind(address).await.map_err(|cause| {
        Failure::new(format!("cannot listen on {address}: {cause}"))
            .hint("another agent may be running; choose another port with --listen")
    })?;
    Ok(Listener::Tcp(listener, hops))
}

/// Opens a Unix socket that every user may connect to: who may ask is for the gate to say.
///
/// # Errors
/// For a path that is something else, or a socket that is in use.
pub fn unix(path: &Path) -> Result<Listener, Failure> {
    if let Ok(found) = std::fs::symlink_metadata(path) {
        let is_left_over =
            found.file_type().is_socket() && std::os::unix::net::UnixStream::connect(path).is_err();
        if !is_left_over {
            return Err(Failure::new(format!("{} exists already", path.display()))
                .hint("another agent may be running"));
        }
        std::fs::remove_file(path).map_err(|cause| of_file("remove", path, &cause))?;
    }
    let listener = UnixListener::bind(path).map_err(|cause| of_file("listen on", path, &cause))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))
        .map_err(|cause| of_file("change", path, &cause))?;
    Ok(Listener::Unix(listener, path.to_owned()))
}

impl Listener {
    /// Where it listens, if it is TCP.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener, _) => listener.local_addr().ok(),
            Self::Unix(..) => None,
        }
    }

    /// Serves connections for ever.
    pub async fn serve(self, desk: Arc<impl Answer>, counter: Arc<Counter>, has_secrets: bool) {
        loop {
            let accepted = match &self {
                Self::Tcp(listener, hops) => listener.accept().await.map(|(stream, from)| {
                    // Neither is worth losing the connection over.
                    let _slower = stream.set_nodelay(true);
                    let _farther = from.is_ipv4().then(|| stream.set_ttl(*hops));
                    let local = stream.local_addr().map(|address| address.ip()).ok();
                    (Stream::Tcp(stream), Some(local.unwrap_or(from.ip())), None)
                }),
                Self::Unix(listener, _) => listener.accept().await.map(|(stream, _)| {
                    let uid = stream.peer_cred().ok().map(|peer| peer.uid());
                    (Stream::Unix(stream), None, uid)
                }),
            };
            let Ok((stream, local, uid)) = accepted else {
                // Out of file descriptors, most likely: others have to end first.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (open, count) = Open::new(&counter);
            if count > counter.max + TOLD {
                continue;
            }
            let peer = Peer { local, uid, is_one_too_many: count > counter.max, has_secrets };
            let desk = Arc::clone(&desk);
            tokio::spawn(async move {
                match stream {
                    Stream::Tcp(stream) => converse(stream, peer, desk).await,
                    Stream::Unix(stream) => converse(stream, peer, desk).await,
                }
                drop(open);
            });
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            let _gone = std::fs::remove_file(path);
        }
    }
}

enum Stream {
    Tcp(tokio::net::TcpStream),
    Unix(tokio::net::UnixStream),
}

async fn converse<S>(stream: S, peer: Peer, desk: Arc<impl Answer>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answer = service_fn(|request: http::Request<hyper::body::Incoming>| {
        let desk = Arc::clone(&desk);
        async move {
            let (head, _) = request.into_parts();
            Ok::<_, Infallible>(desk.answer(&peer, &head).await)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEAD_BYTES)
        .keep_alive(!peer.is_one_too_many)
        .serve_connection(TokioIo::new(Patient::new(stream, PATIENCE)), answer);
    if let Err(cause) = served.await {
        tracing::debug!(%cause, "a connection ended early");
    }
}
