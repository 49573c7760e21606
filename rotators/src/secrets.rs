//! What a rotator asks of Secrets Manager.

use std::collections::BTreeMap;

use strongroom_wire::Sensitive;

use crate::error::Error;
use crate::password::PasswordRules;

/// The calls that AWS's templates make.
#[allow(async_fn_in_trait)] // Rotators run on one thread.
pub trait Secrets {
    /// `DescribeSecret`.
    ///
    /// # Errors
    /// What the service said.
    async fn describe(&self, secret: &str) -> Result<Description, CallError>;

    /// `GetSecretValue` of the version with this stage, and this id if one is given.
    ///
    /// # Errors
    /// What the service said.
    async fn value(
        &self,
        secret: &str,
        stage: &str,
        version: Option<&str>,
    ) -> Result<Sensitive<String>, CallError>;

    /// `GetRandomPassword`.
    ///
    /// # Errors
    /// What the service said.
    async fn random_password(&self, rules: &PasswordRules) -> Result<Sensitive<String>, CallError>;

    /// `PutSecretValue` as `AWSPENDING`.
    ///
    /// # Errors
    /// What the service said.
    async fn put_pending(
        &self,
        rotation: &Rotation,
        value: &Sensitive<String>,
    ) -> Result<(), CallError>;

    /// `UpdateSecretVersionStage`.
    ///
    /// # Errors
    /// What the service said.
    async fn move_stage(
        &self,
        secret: &str,
        stage: &str,
        to: Option<&str>,
        from: Option<&str>,
    ) -> Result<(), CallError>;
}

/// Which rotation a step belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The secret's ARN.
    pub arn: String,
    /// The id of the version that becomes the current one.
    pub token: String,
    /// What identifies the rotation itself to Secrets Manager.
    pub rotation_token: Option<String>,
}

/// What `DescribeSecret` says that rotators need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Whether rotation is on, if that is said at all.
    pub rotation_enabled: Option<bool>,
    /// The stages of every version that has any.
    pub stages: BTreeMap<String, Vec<String>>,
}

impl Description {
    /// The version that has `stage`.
    #[must_use]
    pub fn version_at(&self, stage: &str) -> Option<&str> {
        let has = |stages: &[String]| stages.iter().any(|name| name == stage);
        self.stages.iter().find(|(_, stages)| has(stages)).map(|(version, _)| version.as_str())
    }
}

/// A call that Secrets Manager refused, or that did not reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// AWS's code: `ResourceNotFoundException`.
    pub code: String,
    /// AWS's message.
    pub message: String,
    /// `GetSecretValue`.
    pub operation: &'static str,
}

impl CallError {
    /// Whether there is no such secret, version or stage.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code == "ResourceNotFoundException"
    }
}

/// Worded as AWS's SDK for Python words it, since the templates let it through.
impl From<CallError> for Error {
    fn from(CallError { code, message, operation }: CallError) -> Self {
        let text =
            format!("An error occurred ({code}) when calling the {operation} operation: {message}");
        Self::new(code, text)
    }
}
