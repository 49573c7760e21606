//! One HTTP/1.1 connection that is kept alive, and costs little enough not to be what is measured.

use std::io;
use std::net::SocketAddr;

use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A whole response, in the connection's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Response<'c> {
    /// The status.
    pub status: u16,
    /// Status line and headers.
    pub head: &'c [u8],
    /// The body.
    pub body: &'c [u8],
}

/// No response of ours comes near; one that does is a defect.
const MOST_BYTES: usize = 16 << 20;

impl Connection {
    /// Connects to `address`.
    ///
    /// # Errors
    /// The socket's.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 << 10) })
    }

    /// Sends a request and waits for all of its response.
    ///
    /// # Errors
    /// The socket's, and a response that is none. Whether the request was carried out is unknown then.
    pub async fn call(&mut self, request: &[u8]) -> io::Result<Response<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let body = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(end) = memmem::find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            bounded(self.buffer.len())?;
        };
        let length = header(&self.buffer[..body], "content-length");
        let length: usize = length.and_then(|text| text.parse().ok()).ok_or_else(malformed)?;
        bounded(length)?;
        while self.buffer.len() < body + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let (head, body) = self.buffer.split_at(body);
        let status = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
        let status = status.and_then(|digits| digits.parse().ok()).ok_or_else(malformed)?;
        Ok(Response { status, head, body })
    }
}

impl Response<'_> {
    /// The value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    /// Status and body, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(self.body))
    }
}

fn header<'h>(head: &'h [u8], name: &str) -> Option<&'h str> {
    let lines = head.split(|&byte| byte == b'\n').skip(1);
    let line = lines
        .filter(|line| line.get(name.len()) == Some(&b':'))
        .find(|line| line[..name.len()].eq_ignore_ascii_case(name.as_bytes()))?;
    std::str::from_utf8(&line[name.len() + 1..]).ok().map(str::trim)
}

fn bounded(length: usize) -> io::Result<()> {
    if length > MOST_BYTES { Err(malformed()) } else { Ok(()) }
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the response is not HTTP with a content length")
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn a_header_is_found_whatever_its_case() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nx-amzn-requestid: a-b\r\n\r\n";
        assert_eq!(header(head, "content-length"), Some("12"));
        assert_eq!(header(head, "x-amzn-requestid"), Some("a-b"));
        assert_eq!(header(head, "date"), None);
    }
}
