//! What differs between AWS's protocols, in one place.

use serde::Serialize;

use crate::cbor;
use crate::error::Error;
use crate::form;
use crate::json::{self, Unwritable};
use crate::value::Value;
use crate::xml;

/// A wire protocol, as a client chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `X-Amz-Target`, JSON body, content type `application/x-amz-json-1.0`.
    Json10,
    /// The same with `application/x-amz-json-1.1`.
    Json11,
    /// `Action=…&Version=…`, XML replies.
    Query,
    /// Method and path, JSON body (restJson1); [`crate::rest`] has the rest.
    Rest,
    /// Smithy's `rpc-v2-cbor`: the operation in the path, CBOR bodies.
    Cbor,
}

/// How a family of protocols says what goes wrong before an operation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// awsJson and rpc-v2-cbor: every client fault is HTTP 400.
    Json,
    /// awsQuery: XML, shorter codes, HTTP 403 and 404 in use.
    Query,
    /// restJson: awsJson's codes, HTTP 403, 404 and 409 in use.
    Rest,
}

/// What a query reply says besides its members.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The operation, which names the outer elements.
    pub operation: &'a str,
    /// The service's XML namespace.
    pub namespace: &'a str,
    /// The id that the reply repeats.
    pub request_id: &'a str,
}

impl Protocol {
    /// The family, for errors.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Json10 | Self::Json11 | Self::Cbor => Family::Json,
            Self::Query => Family::Query,
            Self::Rest => Family::Rest,
        }
    }

    /// The `Content-Type` of replies and errors.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json10 => "application/x-amz-json-1.0",
            Self::Json11 => "application/x-amz-json-1.1",
            Self::Query => "text/xml",
            Self::Rest => "application/json",
            Self::Cbor => "application/cbor",
        }
    }

    /// Reads a request body.
    ///
    /// # Errors
    /// AWS's error for a body that is not of this protocol.
    pub fn read(self, body: &[u8]) -> Result<Value<'_>, Error> {
        match self {
            Self::Json10 | Self::Json11 | Self::Rest => Value::from_json(body).map_err(|cause| {
                Error::serialization("the request body is not valid JSON").because(cause)
            }),
            Self::Cbor => cbor::read(body).map_err(|malformed| {
                Error::serialization(&malformed.to_string()).because(malformed)
            }),
            Self::Query => {
                let text = std::str::from_utf8(body).map_err(|cause| {
                    Error::malformed_query("the request is not valid UTF-8").because(cause)
                })?;
                form::parse(text)
                    .map_err(|malformed| Error::malformed_query(&malformed.to_string()))
            }
        }
    }

    /// Writes a reply.
    ///
    /// # Errors
    /// [`Unwritable`] for a reply type that the protocol cannot carry: a defect of ours.
    pub fn write<T: Serialize + ?Sized>(
        self,
        output: &T,
        envelope: &Envelope<'_>,
    ) -> Result<Vec<u8>, Unwritable> {
        match self {
            Self::Json10 | Self::Json11 | Self::Rest => {
                let mut out = Vec::with_capacity(512);
                json::write(output, &mut out)?;
                Ok(out)
            }
            Self::Query => write_query(output, envelope).map(String::into_bytes),
            Self::Cbor => {
                let mut out = Vec::with_capacity(512);
                cbor::write(output, &mut out)?;
                Ok(out)
            }
        }
    }

    /// Writes an error's body. `namespace` is that of the service's XML, or of its shapes for CBOR.
    #[must_use]
    pub fn write_error(self, error: &Error, namespace: &str, request_id: &str) -> Vec<u8> {
        if self == Self::Cbor {
            return cbor::write_error(error, namespace);
        }
        match self.family() {
            Family::Json => {
                let mut out = Vec::with_capacity(256);
                out.extend_from_slice(b"{\"__type\":");
                json::push_string(&mut out, error.code(Family::Json));
                out.push(b',');
                json::push_string(&mut out, error.message_key());
                out.push(b':');
                json::push_string(&mut out, error.message());
                if let Some((name, value)) = error.member() {
                    out.push(b',');
                    json::push_string(&mut out, name);
                    out.push(b':');
                    json::push_string(&mut out, value);
                }
                out.push(b'}');
                out
            }
            Family::Rest => write_rest_error(error),
            Family::Query => {
                let mut out = format!("<ErrorResponse xmlns=\"{namespace}\"><Error><Type>");
                out.push_str(if error.status(Family::Query) >= 500 {
                    "Receiver"
                } else {
                    "Sender"
                });
                out.push_str("</Type><Code>");
                xml::push_text(&mut out, error.code(Family::Query));
                out.push_str("</Code><Message>");
                xml::push_text(&mut out, error.message());
                out.push_str("</Message></Error><RequestId>");
                out.push_str(request_id);
                out.push_str("</RequestId></ErrorResponse>");
                out.into_bytes()
            }
        }
    }
}

/// The code is told in a header. Clients look for the message under either name, depending on the shape.
fn write_rest_error(error: &Error) -> Vec<u8> {
    let whose: &[u8] = if error.status(Family::Rest) >= 500 { b"Service" } else { b"User" };
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(b"{\"Type\":\"");
    out.extend_from_slice(whose);
    out.push(b'"');
    let message = error.message();
    for (name, value) in
        [("message", message), ("Message", message)].into_iter().chain(error.member())
    {
        out.push(b',');
        json::push_string(&mut out, name);
        out.push(b':');
        json::push_string(&mut out, value);
    }
    out.push(b'}');
    out
}

fn write_query<T: Serialize + ?Sized>(
    output: &T,
    envelope: &Envelope<'_>,
) -> Result<String, Unwritable> {
    let Envelope { operation, namespace, request_id } = envelope;
    let mut members = String::new();
    let has_output = xml::write(output, &mut members)?;
    let mut out = format!("<{operation}Response xmlns=\"{namespace}\">");
    // Clients look for the result element of an operation with output even when it is empty.
    if has_output {
        out.push_str(&format!("<{operation}Result>{members}</{operation}Result>"));
    }
    out.push_str(&format!(
        "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    ));
    Ok(out)
}
