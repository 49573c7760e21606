//! The loop of a function: asks the Runtime API for an invocation, answers, asks again.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::error::Error;

/// The largest payload of an invocation.
const MAX_EVENT_BYTES: usize = 6_291_556;

/// The Runtime API of the platform that started this process.
pub struct Runtime {
    /// `host:port`.
    address: String,
    /// One for the whole life of the process: the platform looks at every new one, whose it is.
    connection: Mutex<Option<SendRequest<Full<Bytes>>>>,
}

/// An invocation to answer.
pub struct Invocation {
    id: String,
    /// The event.
    pub payload: Zeroizing<Vec<u8>>,
}

impl Runtime {
    /// The one at `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn at(address: String) -> Self {
        Self { address, connection: Mutex::default() }
    }

    /// Waits for the next invocation, however long that takes.
    ///
    /// # Errors
    /// The platform is gone, or speaks another language.
    pub async fn next(&self) -> Result<Invocation, String> {
        let answer = self.ask(Method::GET, "invocation/next", Bytes::new()).await?;
        let id = answer.headers().get("lambda-runtime-aws-request-id");
        let id = id.and_then(|id| id.to_str().ok()).filter(|id| is_plain(id));
        let id = id.ok_or("the platform named no invocation")?.to_owned();
        let body = Limited::new(answer.into_body(), MAX_EVENT_BYTES);
        let body = body.collect().await.map_err(|_| "an event that is cut off or too large")?;
        Ok(Invocation { id, payload: Zeroizing::new(body.to_bytes().to_vec()) })
    }

    /// Answers an invocation.
    ///
    /// # Errors
    /// The platform is gone, or does not take the answer.
    pub async fn answer(
        &self,
        invocation: &Invocation,
        outcome: &Result<Value, Error>,
    ) -> Result<(), String> {
        let (verb, body) = match outcome {
            Ok(value) => ("response", value.to_string()),
            Err(error) => ("error", payload(error).to_string()),
        };
        let path = format!("invocation/{}/{verb}", invocation.id);
        let answer = self.ask(Method::POST, &path, Bytes::from(body)).await?;
        let status = answer.status();
        // It has to be read before the connection can be used again.
        let _said = Limited::new(answer.into_body(), MAX_EVENT_BYTES).collect().await;
        match status {
            StatusCode::ACCEPTED | StatusCode::OK => Ok(()),
            status => Err(format!("the platform does not take the answer: {status}")),
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<http::Response<hyper::body::Incoming>, String> {
        let mut connection = self.connection.lock().await;
        let mut sender = match connection.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await?,
        };
        sender.ready().await.map_err(|cause| format!("the Runtime API: {cause}"))?;
        let request = Request::builder()
            .method(method)
            .uri(format!("/2018-06-01/runtime/{path}"))
            .header(http::header::HOST, &self.address)
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|cause| cause.to_string())?;
        let answer = sender.send_request(request).await;
        *connection = Some(sender);
        answer.map_err(|cause| format!("the Runtime API: {cause}"))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, String> {
        let stream = TcpStream::connect(&self.address).await.map_err(|cause| {
            format!("cannot reach the Runtime API at {}: {cause}", self.address)
        })?;
        let _slower_without = stream.set_nodelay(true);
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|cause| cause.to_string())?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

/// An error as Lambda's runtimes report one.
fn payload(error: &Error) -> Value {
    json!({
        "errorMessage": error.message(),
        "errorType": error.kind(),
        "stackTrace": error.details(),
    })
}

/// Whether it can stand in a path as it is.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A Runtime API that gives `reply` to one request, and the request.
    async fn exchange(reply: &'static str, ask: impl AsyncFnOnce(Runtime)) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            let mut buffer = [0; 4096];
            while !String::from_utf8_lossy(&seen).contains("}") && !seen.ends_with(b"\r\n\r\n") {
                let count = stream.read(&mut buffer).await.unwrap();
                seen.extend_from_slice(&buffer[..count]);
            }
            stream.write_all(reply.as_bytes()).await.unwrap();
            String::from_utf8(seen).unwrap()
        };
        tokio::join!(serve, ask(Runtime::at(address))).0
    }

    #[tokio::test]
    async fn an_invocation_is_asked_for_by_its_path() {
        let reply = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536\r\n\
                     Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        let seen = exchange(reply, async |runtime| {
            let invocation = runtime.next().await.unwrap();
            assert_eq!((invocation.id.as_str(), &invocation.payload[..]), ("8476a536", &b"{}"[..]));
        })
        .await;
        assert!(seen.starts_with("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n"), "{seen}");
    }

    #[tokio::test]
    async fn an_error_is_reported_as_runtimes_report_it() {
        let reply = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
        let seen = exchange(reply, async |runtime| {
            let invocation = Invocation { id: "i".to_owned(), payload: Zeroizing::default() };
            let error = Error::value("no").because("a cause");
            runtime.answer(&invocation, &Err(error)).await.unwrap();
        })
        .await;
        assert!(seen.starts_with("POST /2018-06-01/runtime/invocation/i/error "), "{seen}");
        let body =
            r#"{"errorMessage":"no","errorType":"ValueError","stackTrace":["cause: a cause"]}"#;
        assert!(seen.ends_with(body), "{seen}");
    }

    #[tokio::test]
    async fn an_id_that_would_change_the_path_is_refused() {
        let reply =
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: ../x\r\nContent-Length: 2\r\n\r\n{}";
        exchange(reply, async |runtime| {
            assert!(runtime.next().await.is_err());
        })
        .await;
    }
}
