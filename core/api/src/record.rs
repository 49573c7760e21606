//! The CloudTrail record of a call, and of what a service does on its own.
//!
//! The layout is that of records published from AWS (event version 1.11). Parameters and replies are in
//! their audit form, from which sensitive members are absent.

use strongroom_wire::protocol::Family;
use strongroom_wire::{Error, Result, json};

use crate::BoxFuture;
use crate::batch::Batch;
use crate::call::Call;
use crate::operation::{Audit, Operation};
use crate::service::Service;

/// Where records go. Fails closed: a call whose record is refused fails.
pub trait Recorder: Send + Sync {
    /// Takes one record: a JSON object without line breaks. When this returns, it is in the log.
    ///
    /// # Errors
    /// [`Unrecorded`] when the log cannot take it.
    fn append(&self, record: &[u8]) -> Result<(), Unrecorded>;

    /// Takes the records of one request, all of them. When this is done, they are in the log.
    ///
    /// # Errors
    /// [`Unrecorded`] when the log cannot take them.
    fn append_all(&self, records: Batch) -> BoxFuture<'_, Result<(), Unrecorded>> {
        let taken = records.iter().try_for_each(|record| self.append(record));
        Box::pin(std::future::ready(taken))
    }
}

/// The log could not take a record.
#[derive(Debug, thiserror::Error)]
#[error("the trail cannot be written")]
pub struct Unrecorded(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// A longer user agent is cut: it is the caller's text in our log.
const USER_AGENT_LIMIT: usize = 1_024;
/// A longer message is cut.
pub(crate) const MESSAGE_LIMIT: usize = 4_096;

/// A record in the making: what was asked is written before the call runs, what came of it after.
pub struct Record {
    out: Vec<u8>,
}

impl Record {
    /// Begins the record of `O` with its parameters; `None` for a body that could not be read.
    ///
    /// # Errors
    /// Internal only: an input that cannot be serialized.
    pub fn of_call<O: Operation>(
        call: &Call<'_, O::Service>,
        input: Option<&O::Input>,
    ) -> Result<Self> {
        let mut out = Vec::with_capacity(1_280);
        push_head(&mut out, call, O::EVENT);
        out.extend_from_slice(b",\"requestParameters\":");
        match input {
            Some(input) => {
                let start = out.len();
                json::write_audit(input, None, &mut out)?;
                if out[start..] == *b"{}" {
                    out.truncate(start);
                    out.extend_from_slice(b"null");
                }
            }
            None => out.extend_from_slice(b"null"),
        }
        Ok(Self { out })
    }

    /// Completes the record with the outcome and hands it to the log.
    ///
    /// # Errors
    /// Internal only: the log cannot take it.
    pub fn finish<O: Operation>(
        mut self,
        call: &Call<'_, O::Service>,
        outcome: Result<&O::Output, &Error>,
    ) -> Result<()> {
        let out = &mut self.out;
        out.extend_from_slice(b",\"responseElements\":");
        match outcome {
            Ok(output) => push_response::<O>(out, output)?,
            Err(error) => {
                out.extend_from_slice(b"null");
                push_error(out, error);
            }
        }
        push_tail::<O>(out, call);
        call.recorder.append(out).map_err(Error::internal)
    }
}

fn push_head<S: Service>(out: &mut Vec<u8>, call: &Call<'_, S>, name: &str) {
    out.extend_from_slice(b"{\"eventVersion\":\"1.11\",\"userIdentity\":");
    push_identity(out, call);
    out.extend_from_slice(b",\"eventTime\":\"");
    let mut time = String::with_capacity(20);
    call.now.push_iso8601(&mut time);
    out.extend_from_slice(time.as_bytes());
    out.push(b'"');
    member(out, "eventSource", S::FACTS.event_source);
    member(out, "eventName", name);
    member(out, "awsRegion", call.region);
    // A call made by a service on the caller's behalf shows the service, as AWS does.
    let origin = call.via.map(service_of);
    member(out, "sourceIPAddress", origin.as_deref().unwrap_or(call.source.address));
    member(
        out,
        "userAgent",
        origin.as_deref().unwrap_or(cut(call.source.user_agent, USER_AGENT_LIMIT)),
    );
}

fn push_identity<S>(out: &mut Vec<u8>, call: &Call<'_, S>) {
    let identity = call.caller.identity_json().as_bytes();
    match call.via {
        Some(via) => {
            out.extend_from_slice(&identity[..identity.len() - 1]);
            member(out, "invokedBy", &service_of(via));
            out.push(b'}');
        }
        None => out.extend_from_slice(identity),
    }
}

/// `secretsmanager.us-east-1.amazonaws.com` → `secretsmanager.amazonaws.com`.
fn service_of(via: &str) -> String {
    format!("{}.amazonaws.com", via.split('.').next().unwrap_or(via))
}

fn push_response<O: Operation>(out: &mut Vec<u8>, output: &O::Output) -> Result<()> {
    let only = match O::AUDIT {
        Audit::ReadOnly => {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        Audit::Write => None,
        Audit::WriteOf(members) => Some(members),
    };
    let start = out.len();
    json::write_audit(output, only, out)?;
    if out[start..] == *b"{}" {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
    Ok(())
}

fn push_error(out: &mut Vec<u8>, error: &Error) {
    let code = match error.code(Family::Json) {
        // CloudTrail writes denials without the suffix, whatever the protocol.
        "AccessDeniedException" => "AccessDenied",
        code => code,
    };
    member(out, "errorCode", code);
    member(out, "errorMessage", cut(error.message(), MESSAGE_LIMIT));
    if let Some(explanation) = error.explanation() {
        out.extend_from_slice(b",\"additionalEventData\":{\"explanation\":");
        out.extend_from_slice(explanation.as_bytes());
        out.push(b'}');
    }
}

fn push_tail<O: Operation>(out: &mut Vec<u8>, call: &Call<'_, O::Service>) {
    member(out, "requestID", call.request_id);
    let mut event_id = String::with_capacity(36);
    call.ids.next().push(&mut event_id);
    member(out, "eventID", &event_id);
    let read_only = O::AUDIT.is_read_only();
    out.extend_from_slice(if read_only { b",\"readOnly\":true" } else { b",\"readOnly\":false" });
    let (is_management, category) =
        if O::IS_DATA_EVENT { ("false", "Data") } else { ("true", "Management") };
    out.extend_from_slice(b",\"eventType\":\"AwsApiCall\",\"managementEvent\":");
    out.extend_from_slice(is_management.as_bytes());
    member(out, "recipientAccountId", call.caller.account());
    member(out, "eventCategory", category);
    if let Some(tls) = call.source.tls.filter(|_| call.via.is_none()) {
        out.extend_from_slice(b",\"tlsDetails\":{\"tlsVersion\":");
        json::push_string(out, tls.version);
        member(out, "cipherSuite", tls.cipher);
        if let Some(host) = call.source.host {
            member(out, "clientProvidedHostHeader", cut(host, 256));
        }
        out.push(b'}');
    }
    out.push(b'}');
}

fn member(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    json::push_string(out, value);
}

pub(crate) fn cut(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
