//! Every AWS error that CloudWatch can say.
//!
//! Each has two codes: that of the query protocol, which SDKs of every protocol show, and that of its
//! shape. Where AWS's words are not on record, they are those of the error's description in its model.

use strongroom_api::Error;
use strongroom_records::RecordError;

/// What a record error is to the caller.
pub fn of_record(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => Error::internal(other).query_code("InternalServiceError"),
    }
}

/// A value that is not allowed.
pub fn invalid_value(message: impl Into<String>) -> Error {
    Error::new("InvalidParameterValueException", message).query_code("InvalidParameterValue")
}

/// Parameters that do not go together.
pub fn combination(message: impl Into<String>) -> Error {
    Error::new("InvalidParameterCombinationException", message)
        .query_code("InvalidParameterCombination")
}

/// A parameter that must be there.
pub fn missing(parameter: &str) -> Error {
    let message = format!("The parameter {parameter} is required.");
    Error::new("MissingRequiredParameterException", message).query_code("MissingParameter")
}

/// A constraint that the model does not have.
pub fn validation(message: impl Into<String>) -> Error {
    Error::validation(message)
}

/// Something that AWS has and this server does not.
pub fn not_offered(what: &str) -> Error {
    validation(format!("{what} is not offered"))
}

/// There is no such alarm. AWS says no more than the code.
pub fn no_such_alarm(arn: String) -> Error {
    Error::new("ResourceNotFound", "").status_is(404).about(arn)
}

/// There is nothing with this ARN that could have tags.
pub fn no_such_resource(arn: &str) -> Error {
    Error::new("ResourceNotFoundException", format!("The resource {arn} does not exist."))
        .status_is(404)
        .about(arn)
}

/// A token that no list of ours gave out.
pub fn invalid_token() -> Error {
    Error::new("InvalidNextToken", "The next token specified is invalid.")
}

/// Data that is not JSON.
pub fn invalid_format(message: &str) -> Error {
    Error::new("InvalidFormatFault", message).query_code("InvalidFormat")
}

/// There are as many tags as there may be.
pub fn too_many_tags() -> Error {
    invalid_value("A resource can have no more than 50 tags.")
}
