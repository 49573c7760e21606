//! MongoDB's wire protocol: one command, one answer, each an `OP_MSG`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use super::CONNECT_SECONDS;
use super::bson::{Document, Value, Writer};
use crate::engine::{Reason, Refused};
use crate::trust::Trust;

const OP_MSG: i32 = 2013;
const HEADER: usize = 16;
/// An answer names a user's roles; MongoDB's own limit is 48 MB.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// What a connection goes over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

/// A connection; whether anybody has logged in on it is the server's to know.
pub(super) struct Connection {
    stream: Box<dyn Stream>,
    requests: i32,
}

/// What a server answered to a command that it has performed.
pub(super) struct Answer(Zeroizing<Vec<u8>>);

impl Answer {
    pub(super) fn document(&self) -> Result<Document<'_>, Refused> {
        Document::read(&self.0).map_err(|_| odd())
    }

    /// The member of this name.
    pub(super) fn find(&self, name: &str) -> Result<Option<Value<'_>>, Refused> {
        self.document()?.find(name).map_err(|_| odd())
    }
}

impl Connection {
    /// Connects, with TLS if there are authorities to trust.
    pub(super) async fn open(
        host: &str,
        port: u16,
        trust: Option<&Trust>,
    ) -> Result<Self, Refused> {
        let tls = trust.map(Trust::tls).transpose()?;
        let tcp = TcpStream::connect((host, port)).await;
        let tcp = tcp.map_err(|error| Refused::on_the_way(&error))?;
        let Some(tls) = tls else { return Ok(Self::over(tcp)) };
        let connecting = TlsConnector::from(Arc::new(tls)).connect(server_name(host)?, tcp);
        match tokio::time::timeout(Duration::from_secs(CONNECT_SECONDS), connecting).await {
            Ok(Ok(stream)) => Ok(Self::over(stream)),
            // A server without TLS hangs up on its greeting.
            Ok(Err(error)) => Err(Refused { reason: Reason::Tls, ..Refused::on_the_way(&error) }),
            Err(_) => Err(Refused::new(Reason::Tls, "no answer to the greeting of TLS in time")),
        }
    }

    pub(super) fn over(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), requests: 0 }
    }

    /// Has a command performed.
    pub(super) async fn perform(&mut self, command: Writer) -> Result<Answer, Refused> {
        let lost = |error: std::io::Error| Refused::on_the_way(&error);
        self.requests = self.requests.wrapping_add(1);
        let body = command.finish();
        self.stream.write_all(&self.head(body.len())?).await.map_err(lost)?;
        self.stream.write_all(&body).await.map_err(lost)?;
        self.stream.flush().await.map_err(lost)?;
        let answer = self.receive().await?;
        succeeded(&answer)?;
        Ok(answer)
    }

    /// A message's header, its flags, and that one document follows.
    fn head(&self, body: usize) -> Result<[u8; HEADER + 5], Refused> {
        let mut head = [0; HEADER + 5];
        let length = i32::try_from(head.len() + body).map_err(|_| odd())?;
        for (at, number) in [(0, length), (4, self.requests), (12, OP_MSG)] {
            head[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        Ok(head)
    }

    async fn receive(&mut self) -> Result<Answer, Refused> {
        let lost = |error: std::io::Error| Refused::on_the_way(&error);
        let mut head = [0; HEADER + 5];
        self.stream.read_exact(&mut head).await.map_err(lost)?;
        let number = |at: usize| {
            let bytes = head[at..].first_chunk().copied().unwrap_or_default();
            i32::from_le_bytes(bytes)
        };
        // Bit 0 announces a checksum, which is only for who asked for one; bit 1 another message.
        let is_ours = number(8) == self.requests && number(12) == OP_MSG;
        let is_whole = number(16) == 0 && head[HEADER + 4] == 0;
        let length = usize::try_from(number(0)).ok().and_then(|all| all.checked_sub(head.len()));
        let length = length.filter(|length| is_ours && is_whole && *length <= LONGEST_ANSWER);
        let mut body = Zeroizing::new(vec![0; length.ok_or_else(odd)?]);
        self.stream.read_exact(&mut body).await.map_err(lost)?;
        Ok(Answer(body))
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, Refused> {
    let name = match host.parse::<IpAddr>() {
        Ok(address) => Ok(ServerName::from(address)),
        Err(_) => ServerName::try_from(host.to_owned()),
    };
    name.map_err(|_| Refused::new(Reason::Tls, "the host is no name that a certificate may have"))
}

/// Only codes: what a server says beside them may quote the command.
fn succeeded(answer: &Answer) -> Result<(), Refused> {
    if let Some(Value::Number(ok)) = answer.find("ok")?
        && ok == 1.0
    {
        return Ok(());
    }
    let code = match answer.find("code")? {
        Some(Value::Number(code)) => code,
        _ => 0.0,
    };
    let reason = match code {
        // AuthenticationFailed
        18.0 => Reason::Password,
        // Unauthorized
        13.0 => Reason::Forbidden,
        _ => Reason::Other,
    };
    let name = match answer.find("codeName")? {
        Some(Value::Text(name)) if is_plain(name) => name,
        _ => "without a name",
    };
    Err(Refused::new(reason, format!("error {code}, {name}")))
}

fn is_plain(name: &str) -> bool {
    name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// What came is no answer.
pub(super) fn odd() -> Refused {
    Refused::new(Reason::Other, "an answer that is not of MongoDB's protocol")
}
