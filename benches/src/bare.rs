//! The yardstick: a bare hyper server that answers every request with the same bytes.
//!
//! It speaks HTTP with the same library and settings as Strongroom and does nothing else: no
//! signature, no policy, no decryption, no record.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::process::Command;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};

use crate::Result;
use crate::client::Response as Answer;
use crate::server::Server;

/// The word on the command line that makes this program the bare server.
pub const WORD: &str = "bare";

/// Starts the bare server as a process of its own; it repeats `answer`.
///
/// # Errors
/// It does not become ready.
pub fn start(answer: &Answer<'_>) -> Result<Server> {
    // The agent gives none.
    let id = answer.header("x-amzn-requestid").unwrap_or("-");
    let mut command = Command::new(std::env::current_exe()?);
    command.args([WORD, id, std::str::from_utf8(answer.body)?]);
    Server::spawn(&mut command)
}

/// Serves until it is killed.
///
/// # Errors
/// The socket's.
pub fn serve(request_id: &str, body: &str) -> Result<()> {
    let answer = Response::builder()
        .header(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"))
        .header("x-amzn-requestid", request_id)
        .body(Full::new(Bytes::from(body.to_owned())))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(speak(stream, answer.clone()));
        }
    })
}

async fn speak(stream: TcpStream, answer: Response<Full<Bytes>>) {
    let _slower_without = stream.set_nodelay(true);
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().header_read_timeout(None).max_buf_size(64 << 10).half_close(true);
    let service = service_fn(|request: Request<Incoming>| {
        let answer = answer.clone();
        async move {
            // Whoever answers a POST must have read it.
            let _read = request.into_body().collect().await;
            Ok::<_, Infallible>(answer)
        }
    });
    // A client that hangs up is no news.
    let _ended = http.serve_connection(TokioIo::new(stream), service).await;
}
