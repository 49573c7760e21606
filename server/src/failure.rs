//! What keeps a command from doing its work, told to the person who typed it.

use std::fmt;

use strongroom_seal::SealError;
use strongroom_store::StoreError;

/// Why a command failed, and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// A failure; lower case, no full stop.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    /// The same with what can be done about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A file that could not be used: `action` is `read`, `write to`, `create`.
    #[must_use]
    pub fn of_file(action: &str, path: &std::path::Path, cause: &std::io::Error) -> Self {
        Self::new(format!("cannot {action} {}: {cause}", path.display()))
    }

    /// What went wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What can be done about it.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// `error: …` and, on a line of its own, `hint: …`.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self { message: error.to_string(), hint: error.hint().map(str::to_owned) }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { message: error.to_string(), hint: error.hint() }
    }
}

impl From<strongroom_agent::failure::Failure> for Failure {
    fn from(failure: strongroom_agent::failure::Failure) -> Self {
        Self { message: failure.message, hint: failure.hint }
    }
}

impl From<strongroom_api::Error> for Failure {
    fn from(error: strongroom_api::Error) -> Self {
        match error.cause() {
            Some(cause) => Self::new(cause.to_string()),
            None => Self::new(error.message()),
        }
    }
}
