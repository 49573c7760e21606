//! Every AWS error that Parameter Store can say.
//!
//! Where AWS's words are not on record, they are those of the error's description in its model.

use strongroom_records::RecordError;
use strongroom_wire::Error;

use crate::name::{Place, Selector};

/// A fault of ours.
pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new("InternalServerError", "An error occurred on the server side.")
        .status_is(500)
        .capital_message()
        .because(cause)
}

/// What a record error is to the caller.
pub fn of_record(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => internal(other),
    }
}

/// A rule that a request breaks, in AWS's words.
pub fn invalid(message: impl Into<String>) -> Error {
    Error::validation(message)
}

/// No such parameter.
pub fn not_found(place: &Place) -> Error {
    Error::new("ParameterNotFound", format!("Parameter {} not found.", place.name))
        .about(place.arn())
}

/// No such version of a parameter that is there.
pub fn no_version(name: &str, version: &Selector) -> Error {
    Error::new(
        "ParameterVersionNotFound",
        format!(
            "Systems Manager could not find version {version} of {name}. Verify the version and try again."
        ),
    )
}

/// The name is taken, and the request does not say to overwrite.
pub fn already_exists() -> Error {
    Error::new(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    )
}

/// A parameter keeps its type.
pub fn type_change() -> Error {
    Error::new(
        "HierarchyTypeMismatchException",
        "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
    )
}

/// The path has too many levels.
pub fn too_many_levels() -> Error {
    Error::new(
        "HierarchyLevelLimitExceededException",
        "A hierarchy can have a maximum of 15 levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.",
    )
}

/// The name is too long for its ARN.
pub fn name_too_long() -> Error {
    invalid("Parameter name is too long: the parameter's ARN can have at most 1011 characters.")
}

/// An ARN of something else.
pub fn invalid_arn() -> Error {
    invalid("Invalid parameter ARN.")
}

/// The characters or parts of a name.
pub fn invalid_name() -> Error {
    invalid(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_",
    )
}

/// A plain name that begins as AWS's own do.
pub fn reserved_prefix() -> Error {
    invalid("Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).")
}

/// A path that AWS keeps.
pub fn reserved_name(name: &str) -> Error {
    Error::access_denied(format!("No access to reserved parameter name: {name}."))
}

/// A path without the slash in front.
pub fn not_fully_qualified() -> Error {
    invalid("Parameter name must be a fully qualified name.")
}

/// The path whose parameters are asked for.
pub fn invalid_path() -> Error {
    invalid(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol \"/\". Valid example: /get/parameters2-/by1./path0_.",
    )
}

/// Filters by path ask for parameters of one's own.
pub fn reserved_path() -> Error {
    invalid(
        "Filters for common parameters can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). When using global parameters, please specify within a global namespace.",
    )
}

/// The pattern is no regular expression, or one that costs too much.
pub fn bad_pattern(why: &str) -> Error {
    Error::new(
        "InvalidAllowedPatternException",
        format!("The request doesn't meet the regular expression requirement: {why}"),
    )
}

/// The value is not as the pattern wants it.
pub fn pattern_mismatch(pattern: &str) -> Error {
    Error::new(
        "ParameterPatternMismatchException",
        format!("Parameter value, cannot be validated against allowedPattern: {pattern}"),
    )
}

/// The oldest version would have to go, and somebody still names it.
pub fn oldest_is_labelled(name: &str, version: i64) -> Error {
    Error::new(
        "ParameterMaxVersionLimitExceeded",
        format!(
            "You attempted to create a new version of {name} by calling the PutParameter API with the overwrite flag. Version {version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again."
        ),
    )
}

/// The account has as many parameters as it may have.
pub fn too_many_parameters() -> Error {
    Error::new(
        "ParameterLimitExceeded",
        "You have exceeded the number of parameters for this AWS account. Delete one or more parameters and try again.",
    )
}

/// A version has as many labels as it may have.
pub fn too_many_labels() -> Error {
    Error::new(
        "ParameterVersionLabelLimitExceeded",
        "A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.",
    )
}

/// KMS does not do it.
pub fn invalid_key(message: String) -> Error {
    Error::new("InvalidKeyId", message)
}

/// Policies of parameters are not carried out here, so none is taken.
pub fn policies_not_offered() -> Error {
    Error::new(
        "InvalidPolicyTypeException",
        "The policy type isn't supported. Parameter policies are not carried out by this server.",
    )
}

/// A key that nothing is filtered by.
pub fn invalid_filter_key(key: &str, valid: &str) -> Error {
    Error::new(
        "InvalidFilterKey",
        format!(
            "The following filter key is not valid: {key}. Valid filter keys include: [{valid}]."
        ),
    )
}

/// The same filter twice.
pub fn duplicate_filter(key: &str) -> Error {
    Error::new(
        "InvalidFilterKey",
        format!(
            "The following filter is duplicated in the request: {key}. A request can contain only one occurrence of a specific filter."
        ),
    )
}

/// A comparison that the filter does not make.
pub fn invalid_filter_option(option: &str, valid: &str) -> Error {
    Error::new(
        "InvalidFilterOption",
        format!(
            "The following filter option is not valid: {option}. Valid options include: [{valid}]."
        ),
    )
}

/// A value that the filter's key never has.
pub fn invalid_filter_choice(value: &str, valid: &str) -> Error {
    Error::new(
        "InvalidFilterOption",
        format!(
            "The following filter value is not valid: {value}. Valid values include: [{valid}]."
        ),
    )
}

/// A filter without values.
pub fn missing_filter_values(key: &str) -> Error {
    Error::new(
        "InvalidFilterValue",
        format!("The following filter values are missing : null for filter key {key}."),
    )
    .capital_message()
}

/// Others keep changing the parameter.
pub fn busy() -> Error {
    Error::new(
        "TooManyUpdates",
        "There are concurrent updates for a resource that supports one update at a time.",
    )
    .capital_message()
}

/// A token that is none of ours.
pub fn invalid_token() -> Error {
    Error::new("InvalidNextToken", "The specified token isn't valid.").capital_message()
}

/// Nothing with tags is called that.
pub fn invalid_resource_id() -> Error {
    Error::new(
        "InvalidResourceId",
        "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
    )
}

/// Too many tags.
pub fn too_many_tags() -> Error {
    Error::new(
        "TooManyTagsError",
        "The Targets parameter includes too many tags. Remove one or more tags and try the command again.",
    )
}

/// No such secret.
pub fn no_secret(name: &str) -> Error {
    Error::new(
        "ParameterNotFound",
        format!(
            "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret {name} not found."
        ),
    )
}

/// Secrets Manager does not let the caller read a secret.
pub fn secret_refused(denied: bool, message: &str) -> Error {
    if denied {
        return Error::access_denied(format!(
            "An error occurred (AccessDeniedException) when referencing Secrets Manager: {message}"
        ));
    }
    invalid(format!(
        "An error occurred (ValidationException) when referencing Secrets Manager: {message}"
    ))
}
