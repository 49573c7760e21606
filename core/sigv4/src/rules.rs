//! What the server asks of a credential before it looks at the signature.

use std::fmt::Write as _;

use crate::{Form, Payload, Refusal, Signed};

/// What a credential is measured against.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// How far the client's clock may be off, in seconds. AWS allows 5 minutes in most services.
    pub skew_seconds: i64,
    /// The signing name of the service that answers; `None` takes what the scope says.
    pub expected_service: Option<&'a str>,
    /// The Regions that are served; empty takes any, as IAM and STS must.
    pub regions: &'a [String],
    /// Whether the request came over TLS: only then may a body go unsigned (S3 apart).
    pub secure_transport: bool,
}

impl Default for Rules<'_> {
    fn default() -> Self {
        Self { skew_seconds: 300, expected_service: None, regions: &[], secure_transport: false }
    }
}

/// Compares the date with the clock, then the scope with the rules, in AWS's order.
///
/// # Errors
/// The first of: [`Refusal::NotYetCurrent`], [`Refusal::Expired`] or [`Refusal::RequestExpired`],
/// [`Refusal::Scope`] with every fault of the scope, [`Refusal::Mismatch`] for a body that goes
/// unsigned where it may not.
pub fn check(
    signed: &Signed<'_>,
    now_epoch_seconds: i64,
    rules: &Rules<'_>,
) -> Result<(), Refusal> {
    check_clock(signed, now_epoch_seconds, rules.skew_seconds)?;
    check_scope(signed, rules)?;
    check_payload(signed, rules)
}

fn check_clock(signed: &Signed<'_>, now: i64, skew_seconds: i64) -> Result<(), Refusal> {
    let moment = signed.timestamp().epoch_seconds();
    if moment > now.saturating_add(skew_seconds) {
        return Err(Refusal::NotYetCurrent { signed: moment, now, skew_seconds });
    }
    match (signed.form(), signed.expires()) {
        (Form::Query, Some(expires)) if now > moment.saturating_add(i64::from(expires)) => {
            Err(Refusal::RequestExpired)
        }
        (Form::Query, Some(_)) => Ok(()),
        _ if moment < now.saturating_sub(skew_seconds) => {
            Err(Refusal::Expired { signed: moment, now, skew_seconds })
        }
        _ => Ok(()),
    }
}

fn check_scope(signed: &Signed<'_>, rules: &Rules<'_>) -> Result<(), Refusal> {
    let right_region =
        rules.regions.is_empty() || rules.regions.iter().any(|region| region == signed.region());
    let right_service = rules.expected_service.is_none_or(|service| service == signed.service());
    let right_terminator = signed.terminator() == "aws4_request";
    let right_date = signed.date().as_bytes() == &signed.timestamp().bytes()[..8];
    if right_region && right_service && right_terminator && right_date {
        return Ok(());
    }
    let mut text = String::new();
    // AWS leaves a space after the first two sentences even when nothing follows.
    if !right_region {
        text += "Credential should be scoped to a valid region, not '";
        text += signed.region();
        text += "'. ";
    }
    if let (false, Some(service)) = (right_service, rules.expected_service) {
        text += "Credential should be scoped to correct service: '";
        text += service;
        text += "'. ";
    }
    if !right_terminator {
        text += "Credential should be scoped with a valid terminator: 'aws4_request', not '";
        text += signed.terminator();
        text += if right_date { "'." } else { "'. " };
    }
    if !right_date {
        let _ = write!(
            text,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{}' != '{}', from '{}'.",
            signed.date(),
            signed.timestamp().date(),
            signed.timestamp().text()
        );
    }
    Err(Refusal::Scope(text))
}

/// Outside S3 a body is hashed, or at least protected by TLS; chunked uploads are S3's alone.
fn check_payload(signed: &Signed<'_>, rules: &Rules<'_>) -> Result<(), Refusal> {
    match signed.payload() {
        _ if signed.service() == "s3" => Ok(()),
        Payload::Body | Payload::Hash(_) => Ok(()),
        Payload::Unsigned if rules.secure_transport => Ok(()),
        Payload::Unsigned | Payload::Streaming { .. } => Err(Refusal::Mismatch),
    }
}
