//! One HTTP exchange: bounded in time and size, its bodies wiped.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::connector::Connector;
use crate::{Error, Fault};

/// Above the largest reply of the services asked: a batch of twenty secrets of 64 KiB, escaped.
const MAX_REPLY_BYTES: usize = 12 << 20;

/// Sends requests over connections that are kept for the next.
#[derive(Clone)]
pub struct Transport {
    client: Client<Connector, Full<Bytes>>,
}

/// An answer, whole.
pub struct Response {
    /// HTTP's status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, wiped when dropped.
    pub body: Zeroizing<Vec<u8>>,
}

/// An answer that goes on and on.
pub struct Stream {
    body: Incoming,
}

impl Transport {
    /// Trusts `bundle`, or the system's certificates; gives up connecting after `connect_timeout`.
    #[must_use]
    pub fn new(bundle: Option<PathBuf>, connect_timeout: Duration) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(8)
            .pool_timer(TokioTimer::new())
            .build(Connector::new(bundle, connect_timeout));
        Self { client }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`Fault::Timeout`] after `timeout`, [`Fault::Connection`], [`Fault::Reply`] for one too long.
    pub async fn exchange(
        &self,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Zeroizing<Vec<u8>>,
        timeout: Duration,
    ) -> Result<Response, Error> {
        let exchange = async {
            let reply = self.begin(method, uri, headers, body).await?;
            let (head, body) = reply.into_parts();
            let body = read(body).await?;
            Ok(Response { status: head.status, headers: head.headers, body })
        };
        tokio::time::timeout(timeout, exchange).await.map_err(|_| late(timeout))?
    }

    /// Sends a request whose answer is read as it comes; `timeout` holds for its beginning.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    pub async fn open(
        &self,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        timeout: Duration,
    ) -> Result<(StatusCode, HeaderMap, Stream), Error> {
        let begin = self.begin(method, uri, headers, Zeroizing::default());
        let reply = tokio::time::timeout(timeout, begin).await.map_err(|_| late(timeout))??;
        let (head, body) = reply.into_parts();
        Ok((head.status, head.headers, Stream { body }))
    }

    async fn begin(
        &self,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<http::Response<Incoming>, Error> {
        // The bytes are wiped when hyper lets go of them.
        let mut request = http::Request::new(Full::new(Bytes::from_owner(Wiped(body))));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        self.client.request(request).await.map_err(|cause| Error::connection(describe(&cause)))
    }
}

impl Response {
    /// The body as JSON.
    ///
    /// # Errors
    /// [`Fault::Reply`] if it is not what was expected; the body is not quoted.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|cause| {
            Error::of(Fault::Reply, format!("the reply has another shape: {}", kind_of(&cause)))
        })
    }

    /// When it was sent, by the service's clock.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        date(&self.headers)
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`Fault::Reply`] if it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body)
            .map_err(|_| Error::of(Fault::Reply, "the reply is not text"))
    }
}

impl Stream {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`Fault::Connection`] when it breaks off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|cause| Error::connection(describe(&cause)))?;
            if let Ok(bytes) = frame.into_data() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

/// The time in the `Date` header.
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(http::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp())
}

/// serde_json's errors can quote the value; only their kind is safe to show.
fn kind_of(error: &serde_json::Error) -> String {
    format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

async fn read(mut body: Incoming) -> Result<Zeroizing<Vec<u8>>, Error> {
    use hyper::body::Body as _;
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected.clamp(1024, MAX_REPLY_BYTES)));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|cause| Error::connection(describe(&cause)))?;
        let Ok(more) = frame.into_data() else { continue };
        if bytes.len() + more.len() > MAX_REPLY_BYTES {
            return Err(Error::of(Fault::Reply, "the reply is too long"));
        }
        extend(&mut bytes, &more);
    }
    Ok(bytes)
}

/// Grows by a copy that wipes what it leaves behind, which a `Vec` does not.
fn extend(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if bytes.capacity() - bytes.len() < more.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((bytes.len() + more.len()) * 2));
        larger.extend_from_slice(bytes);
        *bytes = larger;
    }
    bytes.extend_from_slice(more);
}

fn late(timeout: Duration) -> Error {
    Error::of(Fault::Timeout, format!("no answer within {} ms", timeout.as_millis()))
}

/// An error with its causes, which say what is the matter.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
