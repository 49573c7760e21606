//! Answers requests, check by check in AWS's order.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;

use crate::answer::Refusal;
use crate::config::{Config, Form};
use crate::gate::Gate;
use crate::reader::Reader;
use crate::wanted;
use crate::workload::Workload;

/// What every answer is.
pub type Reply = Response<Full<Bytes>>;

/// Whoever answers requests.
pub trait Answer: Send + Sync + 'static {
    /// Answers one request; its body is not looked at.
    fn answer(&self, peer: &Peer, head: &Parts) -> impl Future<Output = Reply> + Send;
}

/// Everything that an answer may need.
pub struct Desk {
    gate: Gate,
    reader: Arc<Reader>,
    workload: Option<Workload>,
    prefix: String,
    form: Form,
}

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Where it connected to; `None` is the Unix socket.
    pub local: Option<IpAddr>,
    /// Its user, when it came through the Unix socket.
    pub uid: Option<u32>,
    /// Whether there are more connections than are served.
    pub is_one_too_many: bool,
    /// Whether secrets are served here, or only what instances learn.
    pub has_secrets: bool,
}

impl Desk {
    /// A desk with its gate, reader and the workload's credentials.
    #[must_use]
    pub fn new(
        config: &Config,
        gate: Gate,
        reader: Arc<Reader>,
        workload: Option<Workload>,
    ) -> Self {
        Self { gate, reader, workload, prefix: config.path_prefix.clone(), form: config.form }
    }

    async fn judge(&self, peer: &Peer, head: &Parts) -> Result<Reply, Refusal> {
        if peer.is_one_too_many {
            return Err(Refusal::plain(429, "Connection limit exceeded"));
        }
        // A page in a browser can make names of its own mean this address; their host betrays it.
        if !is_for_us(head, peer) {
            return Err(Refusal::plain(403, "Bad Host"));
        }
        let is_forwarded = head.headers.contains_key("x-forwarded-for");
        let path = head.uri.path();
        if let Some(workload) = self.workload.as_ref().filter(|_| Workload::has(path)) {
            return workload.answer(head, is_forwarded).await;
        }
        if is_forwarded {
            return Err(Refusal::bad_request("Forwarded"));
        }
        if path == "/ping" && head.method == Method::GET {
            return Ok(reply(200, Bytes::from_static(b"healthy")));
        }
        if !peer.has_secrets {
            return Err(Refusal::not_found());
        }
        self.value(peer, head).await
    }

    async fn value(&self, peer: &Peer, head: &Parts) -> Result<Reply, Refusal> {
        let caller = self.gate.caller(&head.headers, peer.uid).ok_or_else(|| {
            let status = if self.form == Form::Extension { 401 } else { 403 };
            Refusal::plain(status, "Bad Token")
        })?;
        if head.method != Method::GET {
            return Err(Refusal::plain(405, "Not allowed"));
        }
        let query = head.uri.query().unwrap_or_default();
        let question = wanted::read(head.uri.path(), query, &self.prefix)?;
        let denied = || {
            let id = question.wanted.item.id();
            let text = format!("The client is not allowed to read {id}");
            Refusal::coded(403, "AccessDeniedException", &text)
        };
        if !caller.may_ask(&question.wanted) {
            return Err(denied());
        }
        let entry = self.reader.read(&question).await?;
        if !caller.may_have(&entry) {
            return Err(denied());
        }
        Ok(json(entry.body.clone()))
    }
}

impl Answer for Desk {
    async fn answer(&self, peer: &Peer, head: &Parts) -> Reply {
        match self.judge(peer, head).await {
            Ok(reply) => reply,
            Err(refusal) => refused(refusal),
        }
    }
}

/// Whether the host named is this one. Through the Unix socket no browser comes.
fn is_for_us(head: &Parts, peer: &Peer) -> bool {
    let Some(local) = peer.local else { return true };
    let header = head.headers.get(HOST).and_then(|value| value.to_str().ok());
    let hosts = head.uri.authority().map(http::uri::Authority::as_str).into_iter().chain(header);
    let mut is_named = false;
    for host in hosts {
        is_named = true;
        let name = without_port(host);
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
        let is_ours = name.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|address| address.is_loopback() || address == local);
        if !is_ours {
            return false;
        }
    }
    is_named
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn refused(refusal: Refusal) -> Reply {
    let is_json = refusal.body.starts_with(b"{");
    let mut reply = reply(refusal.status, refusal.body);
    if is_json {
        reply.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    reply
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// 200 with JSON.
pub(crate) fn json(body: Bytes) -> Reply {
    let mut reply = reply(200, body);
    reply.headers_mut().insert(CONTENT_TYPE, JSON);
    reply
}

/// An answer in plain text.
pub(crate) fn reply(status: u16, body: Bytes) -> Reply {
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    reply
}
