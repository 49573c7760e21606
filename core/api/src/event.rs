//! The record of something that a service did by itself: CloudTrail's `AwsServiceEvent`.

use strongroom_wire::{Error, Result, json};

use crate::call::Circumstances;
use crate::service::Facts;

/// Something that a service did by itself, such as the rotation of a key whose time had come.
#[derive(Clone, Copy, Debug)]
pub struct ServiceEvent<'a> {
    /// What happened: `RotateKey`.
    pub name: &'a str,
    /// The account it happened in.
    pub account: &'a str,
    /// The region it happened in.
    pub region: &'a str,
    /// The resource it happened to: its ARN and CloudTrail's name for its type.
    pub resource: (&'a str, &'a str),
    /// What else is to be known (`serviceEventDetails`): names and texts.
    pub details: &'a [(&'a str, &'a str)],
}

impl ServiceEvent<'_> {
    /// Puts the event on record.
    ///
    /// # Errors
    /// Internal only: the log cannot take it.
    pub fn record(&self, facts: &Facts, circumstances: &Circumstances<'_>) -> Result<()> {
        let mut out = Vec::with_capacity(1_024);
        out.extend_from_slice(b"{\"eventVersion\":\"1.11\",\"userIdentity\":{");
        text(&mut out, "accountId", self.account);
        member(&mut out, "invokedBy", facts.event_source);
        out.push(b'}');
        member(&mut out, "eventTime", &circumstances.now.iso8601());
        member(&mut out, "eventSource", facts.event_source);
        member(&mut out, "eventName", self.name);
        member(&mut out, "awsRegion", self.region);
        member(&mut out, "sourceIPAddress", facts.event_source);
        member(&mut out, "userAgent", facts.event_source);
        out.extend_from_slice(b",\"requestParameters\":null,\"responseElements\":null");
        member(&mut out, "eventID", &circumstances.ids.next().to_string());
        out.extend_from_slice(b",\"readOnly\":false,\"resources\":[{");
        text(&mut out, "ARN", self.resource.0);
        member(&mut out, "accountId", self.account);
        member(&mut out, "type", self.resource.1);
        out.extend_from_slice(b"}],\"eventType\":\"AwsServiceEvent\",\"managementEvent\":true");
        member(&mut out, "recipientAccountId", self.account);
        out.extend_from_slice(b",\"serviceEventDetails\":{");
        for (index, (name, value)) in self.details.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            text(&mut out, name, value);
        }
        out.extend_from_slice(b"},\"eventCategory\":\"Management\"}");
        circumstances.recorder.append(&out).map_err(Error::internal)
    }
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
