//! Requests of our own: one POST over a connection of its own, within a time and a size.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderName, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(String);

/// How long everything together may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where things are posted to.
#[derive(Clone, Debug)]
pub struct Address {
    uri: Uri,
    host: String,
    port: u16,
    is_secure: bool,
}

impl Address {
    /// Reads an `http` or `https` URL.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || "expected a URL such as https://host/path".to_owned();
        let uri: Uri = text.parse().map_err(|_| expected())?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(expected()),
        };
        let host = uri.host().ok_or_else(expected)?.trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        Ok(Self { uri, host, port, is_secure })
    }
}

/// Posts `body` and returns the status. Redirects are not followed.
///
/// # Errors
/// [`Unanswered`] when there is no answer in time.
pub async fn post(
    address: &Address,
    content_type: &'static str,
    headers: &[(&'static str, String)],
    body: Vec<u8>,
) -> Result<StatusCode, Unanswered> {
    let posted = tokio::time::timeout(PATIENCE, try_post(address, content_type, headers, body));
    posted.await.unwrap_or_else(|_| Err(Unanswered("no answer in time".to_owned())))
}

async fn try_post(
    address: &Address,
    content_type: &'static str,
    headers: &[(&'static str, String)],
    body: Vec<u8>,
) -> Result<StatusCode, Unanswered> {
    let target = address.uri.path_and_query().map_or("/", |target| target.as_str());
    let authority = address.uri.authority().map_or("", |authority| authority.as_str());
    // Credentials of a URL are not for the other end's log of hosts.
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let mut request = Request::post(target)
        .header(HOST, host)
        .header(USER_AGENT, concat!("strongroom/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, content_type);
    for (name, value) in headers {
        request = request.header(HeaderName::from_static(name), value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(unanswered)?;
    let stream = TcpStream::connect((address.host.as_str(), address.port)).await;
    let stream = stream.map_err(unanswered)?;
    if !address.is_secure {
        return exchange(stream, request).await;
    }
    let name = ServerName::try_from(address.host.clone()).map_err(unanswered)?;
    let stream = connector()?.connect(name, stream).await.map_err(unanswered)?;
    exchange(stream, request).await
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<StatusCode, Unanswered>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(unanswered)?;
    let driven = tokio::spawn(connection);
    let answered = sender.send_request(request).await;
    driven.abort();
    Ok(answered.map_err(unanswered)?.status())
}

/// Trusts whom the machine trusts.
fn connector() -> Result<TlsConnector, Unanswered> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unanswered)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn unanswered(cause: impl std::fmt::Display) -> Unanswered {
    Unanswered(cause.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn an_address_is_a_web_url_and_nothing_else() {
        let address = Address::parse("https://hooks.example.com/a?b=c").unwrap();
        assert_eq!((address.port, address.is_secure), (443, true));
        assert_eq!(Address::parse("http://[::1]:8080").unwrap().host, "::1");
        for wrong in ["", "ftp://a", "/path", "https://", "mailto:a@b"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
