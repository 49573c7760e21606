//! What keeps a command from doing its work, told to the person who typed it.

use std::fmt;

/// Why a command failed, and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong; lower case, no full stop.
    pub message: String,
    /// What can be done about it.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure without advice.
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
}

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

impl From<strongroom_client::Error> for Failure {
    fn from(error: strongroom_client::Error) -> Self {
        let failure = Self::new(error.to_string());
        match error.fault() {
            strongroom_client::Fault::Connection => {
                failure.hint("check AWS_ENDPOINT_URL, and that the server runs")
            }
            _ => failure,
        }
    }
}
