//! Connections to services, with TLS where the URL says so.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::{Error, roots};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Makes connections.
#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    timeout: Duration,
    tls: Arc<Tls>,
}

/// Read when it is first needed: who talks to loopback needs no certificates.
struct Tls {
    bundle: Option<PathBuf>,
    config: OnceLock<Result<Arc<ClientConfig>, Error>>,
}

impl Connector {
    /// `timeout` bounds the time until a connection, TLS included, is ready.
    pub(crate) fn new(bundle: Option<PathBuf>, timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeout));
        Self { tcp, timeout, tls: Arc::new(Tls { bundle, config: OnceLock::new() }) }
    }
}

impl Tls {
    fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        self.config.get_or_init(|| roots::tls(self.bundle.as_deref())).clone()
    }
}

impl Service<Uri> for Connector {
    type Response = Wire;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Wire, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let is_tls = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let connecting = self.tcp.call(uri);
        let (tls, timeout) = (Arc::clone(&self.tls), self.timeout);
        Box::pin(async move {
            if !is_tls {
                return Ok(Wire(Box::new(connecting.await?)));
            }
            let config = tls.config()?;
            let name = ServerName::try_from(host)?;
            let connecting = async {
                let plain = connecting.await?.into_inner();
                let wire = TlsConnector::from(config).connect(name, plain).await?;
                Ok::<_, BoxError>(Wire(Box::new(TokioIo::new(wire))))
            };
            tokio::time::timeout(timeout, connecting).await?
        })
    }
}

trait Io: Read + Write + Send + Unpin {}
impl<T: Read + Write + Send + Unpin> Io for T {}

/// A connection of either kind.
pub(crate) struct Wire(Box<dyn Io>);

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
