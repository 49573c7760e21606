//! The canonical request: the text that both sides derive from a request and sign.

use http::header::HOST;
use smallvec::SmallVec;

use crate::signed::X_AMZ_SECURITY_TOKEN;
use crate::{Form, Head, Refusal, Signed, path, query};

/// Holds an ordinary canonical request without allocating.
pub(crate) type Buffer = SmallVec<[u8; 2048]>;

/// AWS clients sign about ten.
const MAX_SIGNED_HEADERS: usize = 128;

/// Clients differ in three details; a request is accepted in any reading that bears its signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// The path normalised (for S3: its escapes made uniform), not as received.
    normalized_path: bool,
    /// The host with its port even if that is the default one.
    default_port: bool,
    /// The session token of a query string as part of it.
    with_token: bool,
}

impl Reading {
    /// The one of AWS's documentation.
    pub(crate) const DOCUMENTED: Self =
        Self { normalized_path: true, default_port: true, with_token: true };

    /// The others in which this request reads differently.
    pub(crate) fn others(signed: &Signed<'_>, head: &Head<'_>) -> impl Iterator<Item = Self> {
        // Some clients of S3 sign `=` and its like as they are.
        let odd_path = signed.service() == "s3" || !path::is_normal(head.path());
        let has_port = host(head).is_some_and(|host| without_default_port(host) != host);
        // Some old clients add the token after presigning.
        let has_token = signed.form() == Form::Query && signed.session_token().is_some();
        let choices = |more: bool| [Some(true), more.then_some(false)].into_iter().flatten();
        let all = choices(odd_path).flat_map(move |normalized_path| {
            choices(has_port).flat_map(move |default_port| {
                choices(has_token).map(move |with_token| Self {
                    normalized_path,
                    default_port,
                    with_token,
                })
            })
        });
        all.skip(1)
    }
}

/// Writes the canonical request in one reading.
///
/// # Errors
/// [`Refusal::Mismatch`] if a signed header is not there, or the list of them is not canonical;
/// [`Refusal::UnsignedHeader`] if it leaves out what every signature has to cover.
pub(crate) fn push_request(
    signed: &Signed<'_>,
    head: &Head<'_>,
    payload_hash: &[u8],
    reading: Reading,
    out: &mut Buffer,
) -> Result<(), Refusal> {
    out.extend_from_slice(head.method.as_bytes());
    out.make_ascii_uppercase();
    out.push(b'\n');
    match (signed.service(), reading.normalized_path) {
        ("s3", true) => query::push_reencoded_path(head.path(), out),
        ("s3", false) => out.extend_from_slice(head.path().as_bytes()),
        (_, true) => path::push_normalized(head.path(), out),
        (_, false) => path::push_plain(head.path(), out),
    }
    out.push(b'\n');
    if !query::push_canonical(head.query(), reading.with_token, out) {
        return Err(Refusal::Mismatch);
    }
    out.push(b'\n');
    push_headers(signed, head, reading, out)?;
    out.push(b'\n');
    out.extend_from_slice(signed.signed_headers.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(payload_hash);
    Ok(())
}

/// Writes the signed headers, among which must be the host and a session token in a header.
fn push_headers(
    signed: &Signed<'_>,
    head: &Head<'_>,
    reading: Reading,
    out: &mut Buffer,
) -> Result<(), Refusal> {
    let (mut covers_host, mut covers_token) = (false, false);
    let mut before = "";
    for (index, name) in signed.signed_headers().enumerate() {
        // Sorted without repetition, so that nobody can make a long text of a short list.
        if index >= MAX_SIGNED_HEADERS || name <= before {
            return Err(Refusal::Mismatch);
        }
        before = name;
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        if matches!(name, "host" | ":authority") {
            covers_host = true;
            let host = host(head).ok_or(Refusal::Mismatch)?;
            let kept = if reading.default_port { host } else { without_default_port(host) };
            push_trimmed(kept.as_bytes(), out);
        } else {
            covers_token |= name == X_AMZ_SECURITY_TOKEN.as_str();
            push_values(head, name, out)?;
        }
        out.push(b'\n');
    }
    if !covers_host {
        return Err(Refusal::UnsignedHeader("'Host' or ':authority'"));
    }
    // In a query string it may be unsigned; in a header no AWS client leaves it so.
    let has_token = match signed.form() {
        Form::Header => signed.session_token().is_some(),
        Form::Query => head.headers.contains_key(&X_AMZ_SECURITY_TOKEN),
    };
    if has_token && !covers_token {
        return Err(Refusal::UnsignedHeader("'X-Amz-Security-Token'"));
    }
    Ok(())
}

/// All values of a header in the order received, which is how AWS joins them.
fn push_values(head: &Head<'_>, name: &str, out: &mut Buffer) -> Result<(), Refusal> {
    let mut values = head.headers.get_all(name).iter();
    push_trimmed(values.next().ok_or(Refusal::Mismatch)?.as_bytes(), out);
    for value in values {
        out.push(b',');
        push_trimmed(value.as_bytes(), out);
    }
    Ok(())
}

/// A value without blanks around it, and with every run of blanks inside made one space.
fn push_trimmed(value: &[u8], out: &mut Buffer) {
    let mut rest = value.trim_ascii();
    while let Some(place) = memchr::memchr2(b' ', b'\t', rest) {
        out.extend_from_slice(&rest[..place]);
        out.push(b' ');
        rest = rest[place..].trim_ascii_start();
    }
    out.extend_from_slice(rest);
}

fn host<'a>(head: &Head<'a>) -> Option<&'a str> {
    match head.headers.get(HOST) {
        Some(value) => str::from_utf8(value.as_bytes()).ok(),
        None => head.authority,
    }
}

/// SDKs sign the host without the default port even if their HTTP library then sends it.
fn without_default_port(host: &str) -> &str {
    host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host)
}
