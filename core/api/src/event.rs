//! The record of something that a service did by itself: CloudTrail's `AwsServiceEvent`.

use strongroom_wire::{Error, Result, json};

use crate::call::Circumstances;
use crate::record::{MESSAGE_LIMIT, cut};

/// Something that a service did without being called, or after it answered: `RotationStarted`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServiceEvent<'a> {
    /// The service: `secretsmanager.amazonaws.com`.
    pub source: &'a str,
    /// What happened: `RotateKey`.
    pub name: &'a str,
    /// The account it happened in.
    pub account: &'a str,
    /// The region it happened in.
    pub region: &'a str,
    /// The resource it happened to, for services that name it so: its ARN and CloudTrail's name for
    /// its type.
    pub resource: Option<(&'a str, &'a str)>,
    /// `additionalEventData`: names and texts.
    pub additional: &'a [(&'a str, &'a str)],
    /// `serviceEventDetails`: names and texts.
    pub details: &'a [(&'a str, &'a str)],
    /// `errorMessage` of a failure.
    pub error: Option<&'a str>,
}

impl ServiceEvent<'_> {
    /// Puts the event on record. When this returns, it is in the log.
    ///
    /// # Errors
    /// Internal only: the log cannot take it.
    pub fn record(&self, circumstances: &Circumstances<'_>) -> Result<()> {
        let mut out = Vec::with_capacity(1_024);
        out.extend_from_slice(b"{\"eventVersion\":\"1.11\",\"userIdentity\":{");
        text(&mut out, "accountId", self.account);
        member(&mut out, "invokedBy", self.source);
        out.push(b'}');
        member(&mut out, "eventTime", &circumstances.now.iso8601());
        member(&mut out, "eventSource", self.source);
        member(&mut out, "eventName", self.name);
        member(&mut out, "awsRegion", self.region);
        member(&mut out, "sourceIPAddress", self.source);
        member(&mut out, "userAgent", self.source);
        if let Some(error) = self.error {
            member(&mut out, "errorMessage", cut(error, MESSAGE_LIMIT));
        }
        out.extend_from_slice(b",\"requestParameters\":null,\"responseElements\":null");
        texts(&mut out, "additionalEventData", self.additional);
        member(&mut out, "requestID", circumstances.request_id);
        member(&mut out, "eventID", &circumstances.ids.next().to_string());
        out.extend_from_slice(b",\"readOnly\":false");
        if let Some((arn, kind)) = self.resource {
            out.extend_from_slice(b",\"resources\":[{");
            text(&mut out, "ARN", arn);
            member(&mut out, "accountId", self.account);
            member(&mut out, "type", kind);
            out.extend_from_slice(b"}]");
        }
        out.extend_from_slice(b",\"eventType\":\"AwsServiceEvent\",\"managementEvent\":true");
        member(&mut out, "recipientAccountId", self.account);
        texts(&mut out, "serviceEventDetails", self.details);
        out.extend_from_slice(b",\"eventCategory\":\"Management\"}");
        circumstances.recorder.append(&out).map_err(Error::internal)
    }
}

/// An object of texts; none when there are none.
fn texts(out: &mut Vec<u8>, name: &str, pairs: &[(&str, &str)]) {
    if pairs.is_empty() {
        return;
    }
    out.push(b',');
    json::push_string(out, name);
    out.extend_from_slice(b":{");
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        text(out, name, value);
    }
    out.push(b'}');
}

fn member(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(b',');
    text(out, name, value);
}

fn text(out: &mut Vec<u8>, name: &str, value: &str) {
    json::push_string(out, name);
    out.push(b':');
    json::push_string(out, value);
}
