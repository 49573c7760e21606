//! What this service needs from Secrets Manager: secrets that are read as parameters.

use strongroom_api::{BoxFuture, Circumstances, Error, Sensitive, Timestamp};

/// Secrets, on behalf of the caller.
///
/// The implementation performs GetSecretValue as that caller *via* SSM.
pub trait Secrets: Send + Sync {
    /// The value of a secret.
    fn read<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        secret: &'a str,
        version: Wanted<'a>,
    ) -> BoxFuture<'a, Result<Secret, SecretFault>>;
}

/// Which version of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// The current one.
    Current,
    /// The one of this id.
    Id(&'a str),
    /// The one with this staging label.
    Stage(&'a str),
}

/// A secret as it was read.
pub struct Secret {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The version that was read.
    pub version_id: String,
    /// The value; `None` for one that is not text.
    pub value: Option<Sensitive<String>>,
    /// The version's staging labels.
    pub stages: Vec<String>,
    /// When the version was made.
    pub created: Timestamp,
}

/// Why a secret was not read.
#[derive(Debug)]
pub enum SecretFault {
    /// There is no such secret, or no such version of it.
    Missing,
    /// The caller may not read it, or it cannot be read as it stands; in Secrets Manager's words.
    Refused {
        /// Whether policies forbid it.
        denied: bool,
        /// What Secrets Manager says.
        message: String,
    },
    /// Anything else, said as it is (a fault of ours, throttling).
    Other(Error),
}
