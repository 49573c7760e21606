//! Why a step failed, in two voices: AWS's words for the caller, the cause for the operator.

use std::fmt;

use crate::engine::Refused;

/// A failed step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: String,
    message: String,
    causes: Vec<String>,
    hint: Option<&'static str>,
}

impl Error {
    /// The secret, or what it leads to, is not as it should be.
    pub fn value(message: impl Into<String>) -> Self {
        Self::new("ValueError", message)
    }

    /// Something is missing from the secret's JSON.
    pub fn key(message: impl Into<String>) -> Self {
        Self::new("KeyError", message)
    }

    /// Any other kind, named as AWS's templates or services name it.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), message: message.into(), causes: Vec::new(), hint: None }
    }

    /// The same with what lies behind it; for the operator.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// The same with the refusal of a server behind it; `whose` says which credentials it refused.
    #[must_use]
    pub fn refused(mut self, whose: &str, refused: &Refused) -> Self {
        self.hint = self.hint.or(refused.hint());
        self.because(format!("{whose}: {refused}"))
    }

    /// The same with what a person can do about it.
    #[must_use]
    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// `ValueError`, `KeyError`, or the code of a service.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What the caller is told.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// For the operator, a line each: `cause: …`, `hint: …`.
    #[must_use]
    pub fn details(&self) -> Vec<String> {
        let causes = self.causes.iter().map(|cause| format!("cause: {cause}"));
        causes.chain(self.hint.map(|hint| format!("hint: {hint}"))).collect()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for Error {}
