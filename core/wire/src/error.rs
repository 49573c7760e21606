//! What a caller is told when a call fails, and what the log is told beside it.

use std::borrow::Cow;
use std::fmt;

use crate::protocol::Family;
use crate::violation::Mistyped;

/// The result of everything that may end in an AWS error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An AWS error: the code and message that the caller sees, and the cause that only the log sees.
///
/// Services build these through their own constructors, one per AWS message.
pub struct Error {
    detail: Box<Detail>,
}

struct Detail {
    code: Cow<'static, str>,
    query_code: Option<Cow<'static, str>>,
    message: String,
    status: u16,
    query_status: Option<u16>,
    message_key: &'static str,
    about: Option<String>,
    shown: Option<String>,
    member: Option<(&'static str, &'static str)>,
    conflict: bool,
    explanation: Option<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A fault of the caller: HTTP 400, the same code in every protocol, message key `message`.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self::with_status(code, message, 400)
    }

    /// A fault of ours: HTTP 500. `cause` goes to the log, never to the caller.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::with_status("InternalServiceError", "An error occurred on the server side.", 500)
            .query_code("InternalFailure")
            .because(cause)
    }

    fn with_status(code: &'static str, message: impl Into<String>, status: u16) -> Self {
        Self {
            detail: Box::new(Detail {
                code: Cow::Borrowed(code),
                query_code: None,
                message: message.into(),
                status,
                query_status: None,
                message_key: "message",
                about: None,
                shown: None,
                member: None,
                conflict: false,
                explanation: None,
                cause: None,
            }),
        }
    }

    /// The body could not be read as the protocol's.
    #[must_use]
    pub fn serialization(message: &str) -> Self {
        Self::new("SerializationException", message).query_code("MalformedInput")
    }

    /// A query request that cannot be read.
    #[must_use]
    pub fn malformed_query(message: &str) -> Self {
        Self::new("SerializationException", message).query_code("MalformedQueryString")
    }

    /// Constraints of the model are broken; `message` is [`crate::Violations::message`].
    #[must_use]
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message).query_code("ValidationError")
    }

    /// The policies do not allow it. `message` is AWS's full sentence.
    #[must_use]
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::new("AccessDeniedException", message).query_code("AccessDenied").query_status(403)
    }

    /// Too many calls, or no room to queue one more.
    #[must_use]
    pub fn throttling() -> Self {
        Self::new("ThrottlingException", "Rate exceeded").query_code("Throttling")
    }

    /// Another writer changed the record meanwhile. The framework starts the call anew; nobody else
    /// sees this.
    #[must_use]
    pub fn conflict() -> Self {
        let mut error = Self::throttling();
        error.detail.conflict = true;
        error
    }

    /// Whether the call should start anew.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.detail.conflict
    }

    /// The query protocols' code where it differs.
    #[must_use]
    pub fn query_code(mut self, code: &'static str) -> Self {
        self.detail.query_code = Some(Cow::Borrowed(code));
        self
    }

    /// The HTTP status in query and REST protocols where it differs.
    #[must_use]
    pub fn query_status(mut self, status: u16) -> Self {
        self.detail.query_status = Some(status);
        self
    }

    /// The HTTP status in every protocol.
    #[must_use]
    pub fn status_is(mut self, status: u16) -> Self {
        self.detail.status = status;
        self
    }

    /// Spells the message key `Message`, as the error shapes of Secrets Manager do.
    #[must_use]
    pub fn capital_message(mut self) -> Self {
        self.detail.message_key = "Message";
        self
    }

    /// Says that the error reveals whether the resource with this ARN exists. The framework tells it
    /// only to a caller who may perform the operation on that ARN; others get `AccessDenied`.
    #[must_use]
    pub fn about(mut self, arn: impl Into<String>) -> Self {
        self.detail.about = Some(arn.into());
        self
    }

    /// How a denial names the resource of [`about`](Self::about), where that is not its ARN.
    #[must_use]
    pub fn shown_as(mut self, name: impl Into<String>) -> Self {
        self.detail.shown = Some(name.into());
        self
    }

    /// Adds a member beside the message, as some error shapes of JSON services have one: `Reason`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.detail.member = Some((name, value));
        self
    }

    /// Attaches the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.detail.cause = Some(cause.into());
        self
    }

    /// Attaches why the policies do not allow the call, as a JSON object for the record. The caller
    /// never sees it.
    #[must_use]
    pub fn explained(mut self, explanation: impl Into<String>) -> Self {
        self.detail.explanation = Some(explanation.into());
        self
    }

    /// The code on the wire.
    #[must_use]
    pub fn code(&self, family: Family) -> &str {
        match (family, &self.detail.query_code) {
            (Family::Query, Some(code)) => code,
            _ => &self.detail.code,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self, family: Family) -> u16 {
        match (family, self.detail.query_status) {
            (Family::Query | Family::Rest, Some(status)) => status,
            _ => self.detail.status,
        }
    }

    /// The message that the caller sees.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.detail.message
    }

    /// The JSON key of the message.
    #[must_use]
    pub fn message_key(&self) -> &'static str {
        self.detail.message_key
    }

    /// The member beside the message, if there is one.
    #[must_use]
    pub fn member(&self) -> Option<(&'static str, &'static str)> {
        self.detail.member
    }

    /// The ARN whose existence the error reveals, if any.
    #[must_use]
    pub fn reveals(&self) -> Option<&str> {
        self.detail.about.as_deref()
    }

    /// How a denial names that resource.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        self.detail.shown.as_deref().or(self.reveals())
    }

    /// The cause, for the log only.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.detail.cause.as_deref()
    }

    /// Why the policies do not allow the call, for the record only: a JSON object.
    #[must_use]
    pub fn explanation(&self) -> Option<&str> {
        self.detail.explanation.as_deref()
    }

    /// Whether the fault is ours.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.detail.status >= 500
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.detail.code)
            .field("message", &self.detail.message)
            .field("status", &self.detail.status)
            .field("cause", &self.detail.cause)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.detail.code, self.detail.message)
    }
}

impl std::error::Error for Error {}

impl From<Mistyped> for Error {
    fn from(mistyped: Mistyped) -> Self {
        Self::serialization(&mistyped.0)
    }
}

impl From<crate::json::Unwritable> for Error {
    fn from(cause: crate::json::Unwritable) -> Self {
        Self::internal(cause)
    }
}
