//! What can go wrong when a service is asked, and whose fault it is.

use std::fmt;

/// Where a failure lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The service refused, or failed.
    Service,
    /// No answer within the time allowed.
    Timeout,
    /// No connection, or one that broke.
    Connection,
    /// No credentials to sign with.
    Credentials,
    /// Settings or files that cannot be used.
    Settings,
    /// An answer that is not what the service promises.
    Reply,
}

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    fault: Fault,
    status: u16,
    code: String,
    message: String,
}

impl Error {
    /// A refusal in the service's words; `status` is that of HTTP.
    #[must_use]
    pub fn service(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { fault: Fault::Service, status, code: code.into(), message: message.into() }
    }

    /// A fault of ours or of the way to the service; lower case, no full stop.
    #[must_use]
    pub fn of(fault: Fault, message: impl Into<String>) -> Self {
        Self { fault, status: 0, code: String::new(), message: message.into() }
    }

    pub(crate) fn settings(message: impl Into<String>) -> Self {
        Self::of(Fault::Settings, message)
    }

    pub(crate) fn credentials(message: impl Into<String>) -> Self {
        Self::of(Fault::Credentials, message)
    }

    pub(crate) fn connection(message: impl Into<String>) -> Self {
        Self::of(Fault::Connection, message)
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The status of HTTP; 0 if no service answered.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The service's code, such as `ResourceNotFoundException`; empty if no service answered.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What went wrong, in the service's words if it answered.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the same request may succeed a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.fault {
            Fault::Timeout | Fault::Connection => true,
            Fault::Service => self.status >= 500 || self.status == 429 || self.is_throttling(),
            Fault::Credentials | Fault::Settings | Fault::Reply => false,
        }
    }

    /// Whether the service asks to be asked less often.
    #[must_use]
    pub fn is_throttling(&self) -> bool {
        const CODES: &[&str] = &[
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "LimitExceededException",
            "SlowDown",
        ];
        self.fault == Fault::Service && CODES.contains(&self.code.as_str())
    }

    /// Whether the signature was not good, which a clock that is wrong leads to.
    #[must_use]
    pub fn is_about_signature(&self) -> bool {
        const CODES: &[&str] = &[
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "RequestTimeTooSkewed",
            "RequestExpired",
            "RequestInTheFuture",
            "AuthFailure",
        ];
        self.fault == Fault::Service && CODES.contains(&self.code.as_str())
    }

    /// Whether the credentials are no longer good, so that others may be.
    #[must_use]
    pub fn is_about_credentials(&self) -> bool {
        const CODES: &[&str] = &[
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
        ];
        self.fault == Fault::Service && CODES.contains(&self.code.as_str())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::Service => write!(f, "{} ({}): {}", self.code, self.status, self.message),
            _ => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}
