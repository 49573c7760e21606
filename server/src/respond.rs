//! Replies as HTTP: status, headers, and a body that is wiped once it is sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use strongroom_api::{EncodedReply, Error, Protocol};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// The body of a response.
pub enum Reply {
    /// All of it.
    Whole(Full<Wiped>),
    /// What is still to come, as it comes; what is held is let go of with it.
    Coming {
        /// The pieces.
        frames: mpsc::Receiver<Vec<u8>>,
        /// What lasts as long as the body.
        held: Option<Box<dyn std::any::Any + Send>>,
    },
}

impl Reply {
    /// Keeps `what` until the body has been sent, if there is more of it to come.
    pub fn hold(&mut self, what: impl std::any::Any + Send) {
        if let Self::Coming { held, .. } = self {
            *held = Some(Box::new(what));
        }
    }
}

impl Body for Reply {
    type Data = Wiped;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Wiped>, Infallible>>> {
        match &mut *self {
            Self::Whole(whole) => Pin::new(whole).poll_frame(cx),
            Self::Coming { frames, .. } => frames.poll_recv(cx).map(|piece| {
                let frame = |bytes| Frame::data(Wiped { bytes: Zeroizing::new(bytes), written: 0 });
                piece.map(|bytes| Ok(frame(bytes)))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(whole) => whole.is_end_stream(),
            Self::Coming { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Coming { .. } => SizeHint::default(),
        }
    }
}

/// Bytes on their way out; wiped when the last of them is written.
#[derive(Debug, Default)]
pub struct Wiped {
    bytes: Zeroizing<Vec<u8>>,
    written: usize,
}

static REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
static ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
static AUTHORIZATION_MESSAGE: HeaderName =
    HeaderName::from_static("x-strongroom-authorization-message");
static QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");
static SMITHY_PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");

/// The reply of an operation, or its error, in the protocol that was spoken.
#[must_use]
pub fn encode(
    outcome: Result<EncodedReply, Error>,
    protocol: Protocol,
    namespace: &str,
    request_id: String,
) -> Response<Reply> {
    let error = match outcome {
        Ok(EncodedReply { body, status, headers, .. }) => {
            let status = StatusCode::from_u16(status.unwrap_or(200)).unwrap_or_default();
            let mut response = response(status, protocol.content_type(), body, request_id);
            for (name, value) in headers {
                insert(&mut response, HeaderName::from_static(name), &value);
            }
            return response;
        }
        Err(error) => error,
    };
    let status = StatusCode::from_u16(error.status(protocol.family()));
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = Zeroizing::new(protocol.write_error(&error, namespace, &request_id));
    let mut response = response(status, protocol.content_type(), body, request_id);
    if protocol == Protocol::Rest {
        insert(&mut response, ERROR_TYPE.clone(), error.code(protocol.family()));
    }
    response
}

/// A header whose value is ours; one that HTTP cannot carry is left out.
fn insert(response: &mut Response<Reply>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Adds what clients of some protocols look for: that the protocol is theirs, and `query_error`, an
/// error in terms of the query protocol.
pub fn mark(response: &mut Response<Reply>, protocol: Protocol, query_error: Option<String>) {
    if protocol == Protocol::Cbor {
        let empty = response.body().size_hint().exact() == Some(0);
        let headers = response.headers_mut();
        headers.insert(SMITHY_PROTOCOL.clone(), HeaderValue::from_static("rpc-v2-cbor"));
        if empty {
            headers.remove(CONTENT_TYPE);
        }
    }
    if let Some(told) = query_error.and_then(|told| HeaderValue::try_from(told).ok()) {
        response.headers_mut().insert(QUERY_ERROR.clone(), told);
    }
}

/// Adds what DecodeAuthorizationMessage takes to a denial. Error messages themselves are AWS's, which
/// have none of it here.
pub fn explain(response: &mut Response<Reply>, message: Option<&str>) {
    if let Some(message) = message {
        insert(response, AUTHORIZATION_MESSAGE.clone(), message);
    }
}

/// A response of ours; the HTTP library adds `Date` and `Content-Length`.
#[must_use]
pub fn response(
    status: StatusCode,
    content_type: &'static str,
    bytes: Zeroizing<Vec<u8>>,
    request_id: String,
) -> Response<Reply> {
    let body = Reply::Whole(Full::new(Wiped { bytes, written: 0 }));
    let mut response = identified(Response::new(body), request_id);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A response whose body comes in pieces.
#[must_use]
pub fn streaming(frames: mpsc::Receiver<Vec<u8>>, request_id: String) -> Response<Reply> {
    identified(Response::new(Reply::Coming { frames, held: None }), request_id)
}

fn identified(mut response: Response<Reply>, request_id: String) -> Response<Reply> {
    // The id's own memory becomes the header's. It is hexadecimal, so it always fits.
    if let Ok(id) = HeaderValue::from_maybe_shared(Bytes::from(request_id)) {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    response
}

impl Buf for Wiped {
    fn remaining(&self) -> usize {
        self.bytes.len() - self.written
    }

    fn chunk(&self) -> &[u8] {
        &self.bytes[self.written..]
    }

    fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.remaining(), "more was written than there is");
        self.written = (self.written + count).min(self.bytes.len());
    }
}
