//! What RotateSecret and CancelRotateSecret refuse.

use strongroom_api::Error;

use super::{invalid_parameter, invalid_request};
use crate::schedule::Fault;

/// RotateSecret without a token, which other operations refuse with another code.
pub fn no_token() -> Error {
    invalid_parameter(
        "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    )
}

/// No function is named, now or before.
pub fn no_function() -> Error {
    invalid_request("No Lambda rotation function ARN is associated with this secret.")
}

/// There is no such function, or its policy does not let this service invoke it.
pub fn cannot_invoke() -> Error {
    Error::new(
        "AccessDeniedException",
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy \
         grants access to the principal secretsmanager.amazonaws.com.",
    )
    .capital_message()
}

/// AWSPENDING is on a version that is not the current one.
pub fn not_complete() -> Error {
    invalid_request("A previous rotation isn't complete. That rotation will be reattempted.")
}

/// Two ways to say when.
pub fn days_and_expression() -> Error {
    invalid_parameter(
        "You cannot specify both rotation frequency and schedule expression together.",
    )
}

/// A schedule with a flaw.
pub fn invalid_schedule(fault: Fault) -> Error {
    invalid_parameter(format!("The rotation schedule isn't valid: {}.", fault.0))
}

/// A window without a schedule.
pub fn duration_alone() -> Error {
    invalid_parameter(
        "You must specify AutomaticallyAfterDays or ScheduleExpression together with Duration.",
    )
}

/// What only secrets have that partners of AWS manage.
pub fn not_external() -> Error {
    invalid_parameter(
        "ExternalSecretRotationMetadata and ExternalSecretRotationRoleArn aren't supported: managed \
         external secrets are not offered.",
    )
}

/// A rotation's version is given a value with the token of another rotation.
pub fn wrong_rotation_token() -> Error {
    invalid_parameter("The RotationToken isn't the one of the rotation in progress.")
}

/// A function of another account gives a rotation's version a value and does not say which rotation it is of.
pub fn no_rotation_token() -> Error {
    invalid_parameter("You must provide a RotationToken value for a cross-account rotation.")
}

/// CancelRotateSecret where there was never a rotation.
pub fn never_set_up() -> Error {
    invalid_request(
        "You can't cancel the rotation of a secret that was never configured for rotation.",
    )
}
