//! Bodies in `aws-chunked` encoding: pieces with their own signatures, and trailing headers.

use crate::verify::bears;
use crate::{Head, Payload, Refusal, Signed, SigningKey, hex};

/// A body without its chunk framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The data of all chunks.
    pub body: Vec<u8>,
    /// Trailing headers (such as `x-amz-checksum-crc32c`), names in lower case.
    pub trailers: Vec<(String, String)>,
}

/// Unwraps a body whose request has been verified and says [`Payload::Streaming`].
///
/// Each chunk is checked against its signature, which continues the one before it and at first the
/// request's; then the signature of the trailers. The values of checksums are the caller's to check.
///
/// # Errors
/// [`Refusal::Mismatch`] for a wrong signature or length, [`Refusal::Incomplete`] for bad framing.
pub fn decode_chunked(
    signed: &Signed<'_>,
    head: &Head<'_>,
    body: &[u8],
    key: &SigningKey,
) -> Result<Decoded, Refusal> {
    let Payload::Streaming { signed: signed_chunks, trailer } = signed.payload() else {
        return Err(malformed());
    };
    let mut chain = Chain { signed, key, last: signed.signature(), active: signed_chunks };
    let mut data = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let (line, after) = split_line(rest)?;
        let (size, signature) = chunk_head(line)?;
        let chunk = after.get(..size).ok_or_else(malformed)?;
        chain.check_chunk(chunk, signature)?;
        rest = &after[size..];
        if size == 0 {
            break;
        }
        rest = rest.strip_prefix(b"\r\n").ok_or_else(malformed)?;
        data.extend_from_slice(chunk);
    }
    let trailers = trailers(rest, trailer, &mut chain)?;
    match declared_length(head) {
        Some(length) if length != data.len().to_string() => Err(Refusal::Mismatch),
        _ => Ok(Decoded { body: data, trailers }),
    }
}

/// The chain of signatures, each of which covers the one before.
struct Chain<'a> {
    signed: &'a Signed<'a>,
    key: &'a SigningKey,
    last: &'a str,
    active: bool,
}

impl<'a> Chain<'a> {
    fn check_chunk(&mut self, chunk: &[u8], signature: Option<&'a str>) -> Result<(), Refusal> {
        let lines = [&hex::EMPTY_SHA256[..], &hex::sha256(chunk)];
        self.check("AWS4-HMAC-SHA256-PAYLOAD", &lines, signature)
    }

    fn check_trailers(&mut self, text: &[u8], signature: Option<&'a str>) -> Result<(), Refusal> {
        self.check("AWS4-HMAC-SHA256-TRAILER", &[&hex::sha256(text)], signature)
    }

    fn check(
        &mut self,
        algorithm: &str,
        lines: &[&[u8]],
        signature: Option<&'a str>,
    ) -> Result<(), Refusal> {
        if !self.active {
            return Ok(());
        }
        let signature = signature.ok_or(Refusal::Mismatch)?;
        let mut all = vec![self.last.as_bytes()];
        all.extend_from_slice(lines);
        if !bears(self.signed, signature, algorithm, &all, self.key) {
            return Err(Refusal::Mismatch);
        }
        self.last = signature;
        Ok(())
    }
}

/// More than any client sends, and few enough to be no burden.
const MAX_TRAILERS: usize = 32;

/// Reads what follows the last chunk: `name:value` lines, then their signature, then nothing.
fn trailers<'a>(
    mut rest: &'a [u8],
    expected: bool,
    chain: &mut Chain<'a>,
) -> Result<Vec<(String, String)>, Refusal> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut signature = None;
    while !rest.is_empty() && rest != b"\r\n" {
        let (line, after) = split_line(rest)?;
        rest = after;
        // Between the trailers and their signature some clients leave an empty line.
        if line.is_empty() {
            continue;
        }
        let line = str::from_utf8(line).map_err(|_| malformed())?.trim_end();
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        let (name, value) = (name.to_ascii_lowercase(), value.trim());
        if !expected || signature.is_some() || found.len() == MAX_TRAILERS {
            return Err(malformed());
        }
        if name == "x-amz-trailer-signature" {
            signature = Some(value);
            continue;
        }
        found.push((name, value.to_owned()));
    }
    if expected {
        found.sort();
        let text: String = found.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        chain.check_trailers(text.as_bytes(), signature)?;
    }
    Ok(found)
}

/// `<size in hex>[;chunk-signature=<signature>]`.
fn chunk_head(line: &[u8]) -> Result<(usize, Option<&str>), Refusal> {
    let line = str::from_utf8(line).map_err(|_| malformed())?;
    let (size, extension) = line.split_once(';').unwrap_or((line, ""));
    if size.starts_with('+') {
        return Err(malformed());
    }
    let size = usize::from_str_radix(size, 16).map_err(|_| malformed())?;
    Ok((size, extension.strip_prefix("chunk-signature=")))
}

/// A line ends in CR LF; a chunk's head and a trailer have a few hundred bytes at most.
fn split_line(text: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    const MAX_LINE_BYTES: usize = 4096;
    let window = &text[..text.len().min(MAX_LINE_BYTES)];
    let end = memchr::memmem::find(window, b"\r\n").ok_or_else(malformed)?;
    Ok((&text[..end], &text[end + 2..]))
}

fn declared_length<'a>(head: &Head<'a>) -> Option<&'a str> {
    let value = head.headers.get("x-amz-decoded-content-length")?;
    str::from_utf8(value.as_bytes()).ok().map(str::trim)
}

fn malformed() -> Refusal {
    Refusal::Incomplete("The aws-chunked body is malformed.".into())
}
