//! From a URL to a connection: the name is looked up once, and what was checked is connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::address;
use crate::{Fault, Networks, Rules};

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub struct Destination {
    host: String,
    port: u16,
    secure: bool,
}

/// A connection, with or without TLS.
pub enum Stream {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 4;

impl Destination {
    /// The destination of a URL.
    pub fn of(uri: &Uri) -> Result<Self, Fault> {
        let secure = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(Fault::Url),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(Fault::Url)?;
        let port = match uri.port() {
            Some(_) => uri.port_u16().filter(|port| *port != 0).ok_or(Fault::Url)?,
            None if secure => 443,
            None => 80,
        };
        Ok(Self { host: host.to_owned(), port, secure })
    }

    /// The value of `Host`.
    pub fn host_header(&self) -> String {
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }

    /// Connects to the first of the allowed addresses that answers.
    pub async fn connect(
        &self,
        rules: &Rules,
        tls: &Arc<ClientConfig>,
        patience: Duration,
    ) -> Result<Stream, Fault> {
        let mut failed = None;
        for address in self.addresses(rules).await? {
            let connecting = tokio::time::timeout(patience, TcpStream::connect(address)).await;
            match connecting.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
                Ok(stream) => return self.secured(stream, tls).await,
                Err(cause) => failed = Some(cause.to_string()),
            }
        }
        let cause = failed.unwrap_or_else(|| "it has no address".to_owned());
        Err(Fault::Connect { host: self.host.clone(), cause })
    }

    async fn addresses(&self, rules: &Rules) -> Result<Vec<SocketAddr>, Fault> {
        let host = self.bare_host();
        let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, self.port)],
            Err(_) => {
                let found = tokio::net::lookup_host((host, self.port)).await;
                let found = found.map_err(|cause| Fault::NoAddress {
                    host: self.host.clone(),
                    cause: cause.to_string(),
                })?;
                found.collect()
            }
        };
        let Some(first) = found.first() else {
            let cause = "the name is known, but no address".to_owned();
            return Err(Fault::NoAddress { host: self.host.clone(), cause });
        };
        let fault = self.check(rules, first.ip()).err();
        let may = |address: &SocketAddr| self.check(rules, address.ip()).is_ok();
        let allowed: Vec<_> = found.iter().copied().filter(may).take(MOST_ADDRESSES).collect();
        match fault {
            Some(fault) if allowed.is_empty() => Err(fault),
            _ => Ok(allowed),
        }
    }

    /// Whether a request may go to `address`.
    fn check(&self, rules: &Rules, address: IpAddr) -> Result<(), Fault> {
        let (real, host) = (address::real(address), || self.host.clone());
        if rules.refused.contain(real) {
            return Err(Fault::Refused { host: host(), address });
        }
        if !address::is_public(real) && !rules.allowed.contain(real) {
            return Err(Fault::Forbidden { host: host(), address });
        }
        if rules.is_plain_local && !self.secure && !Networks::loopback().contain(real) {
            return Err(Fault::Plain { host: host(), address });
        }
        Ok(())
    }

    async fn secured(&self, stream: TcpStream, tls: &Arc<ClientConfig>) -> Result<Stream, Fault> {
        // What is sent is one message, and the answer is waited for.
        let _slower_without = stream.set_nodelay(true);
        if !self.secure {
            return Ok(Stream::Plain(stream));
        }
        let fault = |cause: String| Fault::Tls { host: self.host.clone(), cause };
        let name = ServerName::try_from(self.bare_host().to_owned())
            .map_err(|cause| fault(cause.to_string()))?;
        let connecting = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
        let stream = connecting.await.map_err(|cause| fault(cause.to_string()))?;
        Ok(Stream::Secure(Box::new(stream)))
    }

    /// The host without the brackets of an IPv6 address.
    fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Secure(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
