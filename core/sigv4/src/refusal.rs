//! Why a request is not accepted as signed, in AWS's words and codes.

use std::borrow::Cow;
use std::fmt;

use crate::timestamp::basic;

/// How a service words its errors: the protocols differ in codes and statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// awsJson and rpcv2Cbor: Secrets Manager, KMS, CloudTrail, Logs, SSM.
    Json,
    /// awsQuery: IAM, STS, SNS, CloudWatch; and S3, whose codes are nearest to it.
    Query,
    /// restJson: Lambda, Roles Anywhere.
    RestJson,
}

/// Why a request is refused before anybody asks what it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no credential, and the operation needs one.
    MissingToken,
    /// The credential cannot be read; the text says what is missing.
    Incomplete(String),
    /// The access key does not exist, is inactive, or its session token is missing or wrong.
    UnknownKey,
    /// The session token was genuine and has run out.
    ExpiredToken,
    /// The signature is not the one the key makes of this request.
    Mismatch,
    /// A header that has to be covered by the signature is not; named as AWS quotes it.
    UnsignedHeader(&'static str),
    /// Signed too long ago. All in epoch seconds.
    Expired {
        /// When the request says it was signed.
        signed: i64,
        /// The server's clock.
        now: i64,
        /// How far the two may be apart.
        skew_seconds: i64,
    },
    /// Signed in the future. All in epoch seconds.
    NotYetCurrent {
        /// When the request says it was signed.
        signed: i64,
        /// The server's clock.
        now: i64,
        /// How far the two may be apart.
        skew_seconds: i64,
    },
    /// The credential is scoped to another day, Region, service or use; all that is wrong, in one text.
    Scope(String),
    /// A presigned request after its `X-Amz-Expires`.
    RequestExpired,
}

impl Refusal {
    /// The error code of this refusal.
    pub fn code(&self, family: Family) -> &'static str {
        let [json, query, rest_json] = match self {
            Self::MissingToken => [
                "MissingAuthenticationTokenException",
                "MissingAuthenticationToken",
                "MissingAuthenticationTokenException",
            ],
            Self::Incomplete(_) => [
                "IncompleteSignatureException",
                "IncompleteSignature",
                "IncompleteSignatureException",
            ],
            Self::UnknownKey => [
                "UnrecognizedClientException",
                "InvalidClientTokenId",
                "UnrecognizedClientException",
            ],
            Self::ExpiredToken => {
                ["ExpiredTokenException", "ExpiredToken", "ExpiredTokenException"]
            }
            Self::RequestExpired => ["RequestExpired"; 3],
            Self::Mismatch
            | Self::UnsignedHeader(_)
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::Scope(_) => {
                ["InvalidSignatureException", "SignatureDoesNotMatch", "InvalidSignatureException"]
            }
        };
        match family {
            Family::Json => json,
            Family::Query => query,
            Family::RestJson => rest_json,
        }
    }

    /// The HTTP status of this refusal.
    pub fn status(&self, family: Family) -> u16 {
        match (self, family) {
            (Self::RequestExpired, _)
            | (_, Family::Json)
            | (Self::Incomplete(_), Family::Query) => 400,
            (_, Family::Query | Family::RestJson) => 403,
        }
    }

    /// What AWS tells the caller, to the letter.
    pub fn message(&self, family: Family) -> Cow<'_, str> {
        match self {
            Self::MissingToken if family == Family::Query => {
                "Request is missing Authentication Token".into()
            }
            Self::MissingToken => "Missing Authentication Token".into(),
            Self::Incomplete(text) | Self::Scope(text) => text.into(),
            Self::UnknownKey => "The security token included in the request is invalid.".into(),
            Self::ExpiredToken => "The security token included in the request is expired".into(),
            Self::Mismatch => MISMATCH.into(),
            Self::UnsignedHeader(name) => {
                format!("{name} must be a 'SignedHeader' in the AWS Authorization.").into()
            }
            Self::Expired { signed, now, skew_seconds } => format!(
                "Signature expired: {} is now earlier than {} ({} - {}.)",
                basic(*signed),
                basic(now.saturating_sub(*skew_seconds)),
                basic(*now),
                duration(*skew_seconds)
            )
            .into(),
            Self::NotYetCurrent { signed, now, skew_seconds } => format!(
                "Signature not yet current: {} is still later than {} ({} + {}.)",
                basic(*signed),
                basic(now.saturating_add(*skew_seconds)),
                basic(*now),
                duration(*skew_seconds)
            )
            .into(),
            Self::RequestExpired => "Request has expired.".into(),
        }
    }
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you \
    provided. Check your AWS Secret Access Key and signing method. Consult the service \
    documentation for details.";

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Family::Json))
    }
}

impl std::error::Error for Refusal {}

/// `5 min`, as AWS writes it; seconds only where minutes would not be exact.
fn duration(seconds: i64) -> String {
    if seconds % 60 == 0 { format!("{} min", seconds / 60) } else { format!("{seconds} sec") }
}
