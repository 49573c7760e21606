//! The CloudTrail record of a call, and of what a service does on its own.
//!
//! The layout is that of records published from AWS (event version 1.11). Parameters and replies are in
//! their audit form, from which sensitive members are absent.

use std::ops::Range;

use strongroom_policy::PrincipalKind;
use strongroom_wire::protocol::Family;
use strongroom_wire::{Error, Result, json};

use crate::BoxFuture;
use crate::batch::Batch;
use crate::call::Call;
use crate::caller::Caller;
use crate::ids::Uuid;
use crate::operation::{Audit, Operation};
use crate::service::Service;
use crate::target::Target;

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

    /// Takes two records of one call, both or neither where that can be had.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    fn append_both(&self, one: &[u8], other: &[u8]) -> Result<(), Unrecorded> {
        self.append(one)?;
        self.append(other)
    }
}

/// The log could not take a record.
#[derive(Debug, thiserror::Error)]
#[error("the trail cannot be written")]
pub struct Unrecorded(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// A longer user agent is cut: it is the caller's text in our log.
const USER_AGENT_LIMIT: usize = 1_024;
/// A longer message is cut, as AWS does.
pub(crate) const MESSAGE_LIMIT: usize = 1_024;
/// Longer parameters and replies are left out, as AWS does.
const PART_LIMIT: usize = 100 * 1_024;
/// Where the same thing is everywhere, AWS has it happen here.
const HOME_OF_GLOBAL: &str = "us-east-1";

/// A record in the making: what was asked is written before the call runs, what came of it after.
pub struct Record {
    out: Vec<u8>,
    /// Where the caller's `userIdentity` stands.
    identity: Range<usize>,
    /// The account that owns what the call is about, if it is not the caller's.
    owner: Option<String>,
    /// `resources`, for services that have it.
    resources: Option<String>,
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
        out.extend_from_slice(b"{\"eventVersion\":\"1.11\",\"userIdentity\":");
        let start = out.len();
        let told = input.filter(|_| call.caller.kind() == PrincipalKind::Anonymous);
        match told.and_then(O::identity) {
            Some(identity) => out.extend_from_slice(identity.as_bytes()),
            None => push_identity(&mut out, call, call.caller.identity_json()),
        }
        let identity = start..out.len();
        push_head(&mut out, call, O::EVENT);
        out.extend_from_slice(b",\"requestParameters\":");
        let start = out.len();
        if let Some(input) = input {
            json::write_audit(input, None, &mut out)?;
        }
        null_unless_fit(&mut out, start);
        Ok(Self { out, identity, owner: None, resources: None })
    }

    /// Notes what the call is about, now that it is found.
    pub(crate) fn note(&mut self, caller: &Caller, target: &impl Target) {
        let owner = target.account();
        // A service acts within an account; there is no other one to tell.
        let is_foreign = owner != caller.account() && caller.kind() != PrincipalKind::Service;
        let is_account = owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit());
        self.owner = (is_foreign && is_account).then(|| owner.to_owned());
        self.resources = target.resource_type().map(|kind| resources(target, kind));
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
        let caller = call.caller;
        let tail = Tail {
            resources: self.resources.as_deref(),
            read_only: O::AUDIT.is_read_only(),
            is_data: O::IS_DATA_EVENT,
        };
        let Some(owner) = self.owner else {
            push_explanation(out, outcome.err());
            tail.push(out, call, (caller.account(), call.event_id()), None);
            return call.recorder.append(out).map_err(Error::internal);
        };
        if caller.kind() == PrincipalKind::Anonymous {
            // Nobody's account: only the owner is told.
            tail.push(out, call, (&owner, call.event_id()), None);
            return call.recorder.append(out).map_err(Error::internal);
        }
        // One record for each of the two accounts, with ids of their own and one in common.
        let own = call.ids.next();
        let shared = call.ids.next().to_string();
        let mut other = Vec::with_capacity(out.len() + 512);
        other.extend_from_slice(&out[..self.identity.start]);
        push_identity(&mut other, call, &caller.identity_abroad());
        other.extend_from_slice(&out[self.identity.end..]);
        tail.push(&mut other, call, (&owner, call.event_id()), Some(&shared));
        // Which policies of the caller denied it is told to the caller's account only.
        push_explanation(out, outcome.err());
        tail.push(out, call, (caller.account(), own), Some(&shared));
        call.recorder.append_both(out, &other).map_err(Error::internal)
    }
}

fn push_head<S: Service>(out: &mut Vec<u8>, call: &Call<'_, S>, name: &str) {
    out.extend_from_slice(b",\"eventTime\":\"");
    let mut time = String::with_capacity(20);
    call.now.push_iso8601(&mut time);
    out.extend_from_slice(time.as_bytes());
    out.push(b'"');
    member(out, "eventSource", S::FACTS.event_source);
    member(out, "eventName", name);
    member(out, "awsRegion", region::<S>(call.region));
    // A call made by a service on the caller's behalf shows the service, as AWS does.
    let origin = call.via.map(service_of);
    member(out, "sourceIPAddress", origin.as_deref().unwrap_or(call.source.address));
    member(
        out,
        "userAgent",
        origin.as_deref().unwrap_or(cut(call.source.user_agent, USER_AGENT_LIMIT)),
    );
}

/// The region that a record of `S` names. STS is everywhere, but each region's endpoint has records
/// of its own, as in AWS.
fn region<S: Service>(asked: &str) -> &str {
    if S::FACTS.global && S::FACTS.name != "sts" { HOME_OF_GLOBAL } else { asked }
}

fn push_identity<S>(out: &mut Vec<u8>, call: &Call<'_, S>, identity: &str) {
    let identity = identity.as_bytes();
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
    null_unless_fit(out, start);
    Ok(())
}

/// Makes what was written from `start` on null if it is nothing, or too much.
fn null_unless_fit(out: &mut Vec<u8>, start: usize) {
    let written = &out[start..];
    if written.is_empty() || *written == *b"{}" || written.len() > PART_LIMIT {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

/// CloudTrail's `resources`.
fn resources(target: &dyn Target, kind: &str) -> String {
    let mut out = Vec::with_capacity(160);
    out.push(b'[');
    push_resource(&mut out, target, kind);
    if let Some(other) = target.other() {
        out.push(b',');
        push_resource(&mut out, other, other.resource_type().unwrap_or(kind));
    }
    out.push(b']');
    // Only texts and ASCII went in.
    String::from_utf8_lossy(&out).into_owned()
}

fn push_resource(out: &mut Vec<u8>, target: &dyn Target, kind: &str) {
    out.extend_from_slice(b"{\"accountId\":");
    json::push_string(out, target.account());
    member(out, "type", kind);
    member(out, "ARN", &target.arn());
    out.push(b'}');
}

fn push_error(out: &mut Vec<u8>, error: &Error) {
    let code = match error.code(Family::Json) {
        // CloudTrail writes denials without the suffix, whatever the protocol.
        "AccessDeniedException" => "AccessDenied",
        code => code,
    };
    member(out, "errorCode", code);
    member(out, "errorMessage", cut(error.message(), MESSAGE_LIMIT));
}

fn push_explanation(out: &mut Vec<u8>, error: Option<&Error>) {
    if let Some(explanation) = error.and_then(Error::explanation) {
        out.extend_from_slice(b",\"additionalEventData\":{\"explanation\":");
        out.extend_from_slice(explanation.as_bytes());
        out.push(b'}');
    }
}

/// What ends a record.
struct Tail<'r> {
    resources: Option<&'r str>,
    read_only: bool,
    is_data: bool,
}

impl Tail<'_> {
    fn push<S: Service>(
        &self,
        out: &mut Vec<u8>,
        call: &Call<'_, S>,
        (recipient, id): (&str, Uuid),
        shared: Option<&str>,
    ) {
        member(out, "requestID", call.request_id);
        let mut event_id = String::with_capacity(36);
        id.push(&mut event_id);
        member(out, "eventID", &event_id);
        let read_only: &[u8] =
            if self.read_only { b",\"readOnly\":true" } else { b",\"readOnly\":false" };
        out.extend_from_slice(read_only);
        if let Some(resources) = self.resources {
            out.extend_from_slice(b",\"resources\":");
            out.extend_from_slice(resources.as_bytes());
        }
        let (is_management, category) =
            if self.is_data { ("false", "Data") } else { ("true", "Management") };
        out.extend_from_slice(b",\"eventType\":\"AwsApiCall\",\"managementEvent\":");
        out.extend_from_slice(is_management.as_bytes());
        member(out, "recipientAccountId", recipient);
        if let Some(shared) = shared {
            member(out, "sharedEventID", shared);
        }
        member(out, "eventCategory", category);
        push_tls(out, call);
        out.push(b'}');
    }
}

fn push_tls<S: Service>(out: &mut Vec<u8>, call: &Call<'_, S>) {
    let Some(tls) = call.source.tls.filter(|_| call.via.is_none()) else { return };
    out.extend_from_slice(b",\"tlsDetails\":{\"tlsVersion\":");
    json::push_string(out, tls.version);
    member(out, "cipherSuite", tls.cipher);
    if let Some(host) = call.source.host {
        member(out, "clientProvidedHostHeader", cut(host, 256));
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
    &text[..text.floor_char_boundary(limit)]
}
