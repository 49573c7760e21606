//! HTTP to places that somebody else has named: guarded, bounded, and without detours.
//!
//! Whoever may subscribe a URL or set a webhook makes this server send requests. So that this is no way
//! into the network that the server stands in, a request goes to public addresses only, unless the
//! operator has listed the network ([`Networks`]). The address that was checked is the one that is
//! connected to; redirects are not followed; no proxy is used; a request has limits of time and size.
//!
//! [`Outbound::post`], [`Outbound::get`] and [`Outbound::send`] are all of it.

mod address;
mod connect;
mod fault;
mod networks;
mod roots;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use percent_encoding::percent_decode_str;
use rustls::ClientConfig;

pub use fault::Fault;
pub use networks::{Network, Networks};
pub use roots::{Roots, UnusableRoots};

use connect::Destination;

/// A client for requests to places that somebody else has named. Cheap to share in an `Arc`.
pub struct Outbound {
    tls: Arc<ClientConfig>,
    rules: Rules,
}

/// Which addresses requests may go to.
#[derive(Clone, Debug, Default)]
struct Rules {
    allowed: Networks,
    refused: Networks,
    is_plain_local: bool,
}

/// How much of everything a request may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first look at the name to the last byte of the answer.
    pub patience: Duration,
    /// Of these, to connect to one address.
    pub connect: Duration,
    /// The longest answer that is read, in bytes.
    pub body_bytes: usize,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: http::StatusCode,
    /// The body.
    pub body: Bytes,
}

impl Default for Limits {
    /// As AWS's SNS waits for endpoints: 15 seconds.
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(15),
            connect: Duration::from_secs(5),
            body_bytes: 64 << 10,
        }
    }
}

impl Outbound {
    /// A client that trusts `roots` and goes to public addresses and to those that are `allowed`.
    ///
    /// # Errors
    /// The cryptography has no protocol version in common with TLS: a defect of ours.
    pub fn new(roots: Roots, allowed: Networks) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots.store)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let rules = Rules { allowed, ..Rules::default() };
        Ok(Self { tls: Arc::new(tls), rules })
    }

    /// The same, but it goes to none of `networks`, be they public or allowed.
    #[must_use]
    pub fn refusing(mut self, networks: Networks) -> Self {
        self.rules.refused = networks;
        self
    }

    /// The same, but without TLS it goes to this machine alone.
    #[must_use]
    pub fn with_tls_beyond_this_machine(mut self) -> Self {
        self.rules.is_plain_local = true;
        self
    }

    /// Whether requests can be sent to `url` at all: an `http` or `https` URL with a host.
    #[must_use]
    pub fn can_use(url: &str) -> bool {
        url.parse().is_ok_and(|uri| Destination::of(&uri).is_ok())
    }

    /// Posts `body` to `url`. A name and a password in the URL go into `Authorization`.
    ///
    /// # Errors
    /// [`Fault`]; whatever the endpoint answers is none.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Bytes,
        limits: &Limits,
    ) -> Result<Response, Fault> {
        self.send(Method::POST, url, headers, body, limits).await
    }

    /// Gets what is at `url`.
    ///
    /// # Errors
    /// [`Fault`]; whatever the endpoint answers is none.
    pub async fn get(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        limits: &Limits,
    ) -> Result<Response, Fault> {
        self.send(Method::GET, url, headers, Bytes::new(), limits).await
    }

    /// Sends a request of any method.
    ///
    /// # Errors
    /// [`Fault`]; whatever the endpoint answers is none.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Bytes,
        limits: &Limits,
    ) -> Result<Response, Fault> {
        let exchange = self.exchange(method, url, headers, body, limits);
        tokio::time::timeout(limits.patience, exchange).await.map_err(|_| Fault::TooSlow)?
    }

    async fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Bytes,
        limits: &Limits,
    ) -> Result<Response, Fault> {
        let uri: Uri = url.parse().map_err(|_| Fault::Url)?;
        let destination = Destination::of(&uri)?;
        let request = request(method, &uri, &destination, headers, body)?;
        let stream = destination.connect(&self.rules, &self.tls, limits.connect).await?;
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(64 << 10)
            .handshake(io)
            .await
            .map_err(Fault::exchange)?;
        // The connection lives as long as the exchange, and is dropped with it.
        let answer = async {
            let response = sender.send_request(request).await.map_err(Fault::exchange)?;
            let status = response.status();
            let body = Limited::new(response.into_body(), limits.body_bytes).collect().await;
            let body = body.map_err(|cause| match cause.downcast::<hyper::Error>() {
                Ok(cause) => Fault::exchange(*cause),
                Err(_) => Fault::TooLong,
            })?;
            Ok(Response { status, body: body.to_bytes() })
        };
        tokio::pin!(connection, answer);
        tokio::select! {
            biased;
            answer = &mut answer => answer,
            // The answer may have come whole before the connection ended, well or badly.
            ended = &mut connection => match (answer.await, ended) {
                (Err(_), Err(cause)) => Err(Fault::exchange(cause)),
                (answer, _) => answer,
            },
        }
    }
}

fn request(
    method: Method,
    uri: &Uri,
    destination: &Destination,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Result<Request<Full<Bytes>>, Fault> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let request = Request::builder().method(method).uri(target);
    let mut request = request.body(Full::new(body)).map_err(|_| Fault::Url)?;
    let host = HeaderValue::from_str(&destination.host_header()).map_err(|_| Fault::Url)?;
    request.headers_mut().insert(HOST, host);
    if let Some(credentials) = credentials(uri) {
        let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(credentials)))
            .map_err(|_| Fault::Url)?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::Header)?;
        let value = HeaderValue::from_str(value).map_err(|_| Fault::Header)?;
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

/// `name:password` of a URL that has them.
fn credentials(uri: &Uri) -> Option<Vec<u8>> {
    let (credentials, _) = uri.authority()?.as_str().rsplit_once('@')?;
    Some(percent_decode_str(credentials).collect())
}
