//! Every error that Lambda tells, in AWS's words.

use strongroom_records::RecordError;
use strongroom_wire::Error;

mod events;

pub use events::{
    bad_destinations, fifo_dead_letters, fifo_destination, no_event_invoke, no_function_of_events,
    no_such_destination, nothing_asked_of_events, own_destination, role_may_not,
};

fn not_found(message: impl Into<String>) -> Error {
    Error::new("ResourceNotFoundException", message).status_is(404).capital_message()
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new("InvalidParameterValueException", message)
}

fn conflict(message: impl Into<String>) -> Error {
    Error::new("ResourceConflictException", message).status_is(409)
}

/// What the store's failures are to a caller.
pub fn storage(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => internal(other),
    }
}

/// A fault of ours, under Lambda's own name.
pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::internal(cause)
}

/// There is no such function; `shown` is how the message names it.
pub fn no_such_function(arn: &str, shown: &str) -> Error {
    not_found(format!("Function not found: {shown}")).about(arn)
}

/// The ARN is of another region.
pub fn another_region(asked: &str, here: &str) -> Error {
    not_found(format!("Functions from '{asked}' are not reachable in this region ('{here}')"))
}

/// The name and the parameter name different qualifiers.
pub fn two_qualifiers() -> Error {
    invalid("The derived qualifier from the function name does not match the specified qualifier.")
}

/// The name is longer than names may be.
pub fn name_too_long(name: &str) -> Error {
    Error::validation(format!(
        "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: \
         Member must have length less than or equal to 64"
    ))
}

/// The name cannot be read as a function's.
pub fn not_a_function(name: &str) -> Error {
    invalid(format!("Invalid function name: {name}"))
}

/// A function of that name is there already.
pub fn function_exists(name: &str) -> Error {
    conflict(format!("Function already exist: {name}"))
}

/// The role cannot be assumed by Lambda.
pub fn role_not_assumable() -> Error {
    invalid("The role defined for the function cannot be assumed by Lambda.")
}

/// The role is another account's.
pub fn foreign_role() -> Error {
    Error::access_denied("Cross-account pass role is not allowed.")
}

/// The runtime is one that AWS has given up.
pub fn unsupported_runtime(runtime: &str) -> Error {
    invalid(format!(
        "The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda \
         functions. We recommend you use a supported runtime while creating or updating functions."
    ))
}

/// Something of the request is not offered.
pub fn not_offered(what: &str) -> Error {
    invalid(format!("{what} is not offered by this server"))
}

/// A function that comes with the server has the server's code.
pub fn built_in_code(name: &str) -> Error {
    invalid(format!(
        "The code of {name} comes with the server and cannot be updated. Delete the function, which \
         takes back what was changed of it, and create one of the same name instead."
    ))
}

/// Zip functions need both.
pub fn no_runtime() -> Error {
    invalid(
        "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    )
}

/// Code was handed over in no way, or in two.
pub fn no_code() -> Error {
    invalid("Please provide a source for function code.")
}

/// There is no object store here.
pub fn no_bucket() -> Error {
    invalid(
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified \
         bucket does not exist",
    )
}

/// The archive cannot be read.
pub fn bad_archive() -> Error {
    invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
}

/// The archive holds nothing.
pub fn empty_archive() -> Error {
    invalid("Uploaded file must be a non-empty zip")
}

/// The archive is too large.
pub fn archive_too_large() -> Error {
    Error::new("RequestEntityTooLargeException", "Zipped size must be smaller than 52428800 bytes")
        .status_is(413)
}

/// What is in the archive is too large.
pub fn unzipped_too_large() -> Error {
    invalid("Unzipped size must be smaller than 262144000 bytes")
}

/// The timeout is longer than AWS allows.
pub fn timeout_too_long(seconds: i32) -> Error {
    Error::validation(format!(
        "1 validation error detected: Value '{seconds}' at 'timeout' failed to satisfy constraint: Member \
         must have value less than or equal to 900"
    ))
}

/// More memory than AWS allows.
pub fn too_much_memory(mebibytes: i32) -> Error {
    invalid(format!(
        "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to \
         10240 (was {mebibytes})"
    ))
}

/// A larger `/tmp` than AWS allows.
pub fn too_much_storage(mebibytes: i32) -> Error {
    invalid(format!(
        "'EphemeralStorage.Size' value failed to satisfy constraint: Member must have value less than or \
         equal to 10240 (was {mebibytes})"
    ))
}

/// The environment is too large; the sizes are told, never the values.
pub fn environment_too_large() -> Error {
    invalid(
        "Lambda was unable to configure your environment variables because the environment variables you \
         have provided exceeded the 4KB limit.",
    )
}

/// Names that the runtime keeps.
pub fn reserved_variables(names: &str) -> Error {
    invalid(format!(
        "Lambda was unable to configure your environment variables because the environment variables you \
         have provided contains reserved keys that are currently not supported for modification. Reserved \
         keys used in this request: {names}"
    ))
}

/// A variable's name is none.
pub fn bad_variable(name: &str) -> Error {
    Error::validation(format!(
        "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map \
         keys must satisfy constraint: [Member must satisfy regular expression pattern: \
         [a-zA-Z]([a-zA-Z0-9_])+] (was '{name}')"
    ))
}

/// Too many layers.
pub fn too_many_layers() -> Error {
    invalid("Cannot reference more than 5 layers.")
}

/// The same layer twice.
pub fn layer_twice(first: &str, second: &str) -> Error {
    invalid(format!(
        "Two different versions of the same layer are not allowed to be referenced in the same function. \
         {first} and {second} are versions of the same layer."
    ))
}

/// A function asks for a layer that is not there.
pub fn missing_layer(arn: &str) -> Error {
    invalid(format!("Layer version {arn} does not exist."))
}

/// There is no such version of a layer.
pub fn no_such_layer_version(arn: &str) -> Error {
    not_found("The resource you requested does not exist.").about(arn)
}

/// The revision asked for is not the current one.
pub fn wrong_revision() -> Error {
    Error::new(
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias \
         API to retrieve the latest Revision Id",
    )
    .status_is(412)
}

/// The revision asked for is not the policy's.
pub fn wrong_policy_revision() -> Error {
    Error::new(
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to \
         retrieve the latest Revision Id",
    )
    .status_is(412)
}

/// The hash asked for is not the code's.
pub fn wrong_sha256(actual: &str) -> Error {
    invalid(format!(
        "CodeSHA256 ({actual}) is different from current CodeSHA256 in $LATEST. Please try again with the \
         CodeSHA256 in $LATEST."
    ))
}

/// There is no such alias.
pub fn no_such_alias(function_arn: &str, alias: &str) -> Error {
    not_found(format!("Cannot find alias arn: {function_arn}:{alias}"))
}

/// An alias of that name is there already.
pub fn alias_exists(arn: &str) -> Error {
    conflict(format!("Alias already exists: {arn}"))
}

/// An alias's name cannot be a number.
pub fn bad_alias_name(name: &str) -> Error {
    Error::validation(format!(
        "1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
    ))
}

/// How calls are spread does not add up.
pub fn bad_routing() -> Error {
    invalid("Invalid weights: an alias can lead to one more version, with a weight from 0 to 1")
}

/// $LATEST cannot be deleted by itself.
pub fn latest_stays() -> Error {
    invalid("$LATEST version cannot be deleted without deleting the function.")
}

/// The version has an alias.
pub fn version_has_alias(version: &str) -> Error {
    conflict(format!(
        "Unable to delete version because the following aliases reference it: {version}"
    ))
}

/// Functions with a concurrency of their own leave too little for the others.
pub fn too_much_concurrency() -> Error {
    invalid(
        "Specified ReservedConcurrentExecutions for function decreases account's \
         UnreservedConcurrentExecution below its minimum value of [10].",
    )
}

/// There is no policy.
pub fn no_policy(arn: &str) -> Error {
    not_found("The resource you requested does not exist.").about(arn)
}

/// There is no policy to take a statement from.
pub fn no_policy_to_change() -> Error {
    not_found("No policy is associated with the given resource.")
}

/// The policy has no such statement.
pub fn no_such_statement(id: &str) -> Error {
    not_found(format!("Statement {id} is not found in resource policy."))
}

/// A statement of that id is there already.
pub fn statement_exists(id: &str) -> Error {
    conflict(format!(
        "The statement id ({id}) provided already exists. Please provide a new statement id, or remove the \
         existing statement."
    ))
}

/// The principal is none.
pub fn bad_principal() -> Error {
    invalid("The provided principal was invalid. Please check the principal and try again.")
}

/// Policies belong to a function, a version or an alias.
pub fn no_policy_for_latest() -> Error {
    invalid("We currently do not support adding policies for $LATEST.")
}

/// The policy grows too long.
pub fn policy_too_long() -> Error {
    Error::new(
        "PolicyLengthExceededException",
        "The final policy size is bigger than the limit (20480).",
    )
}

/// Too many tags.
pub fn too_many_tags() -> Error {
    invalid("Too many tags: a function can have 50.")
}

/// A tag's name or value cannot be.
pub fn bad_tag() -> Error {
    invalid("Tag keys have 1 to 128 characters and do not begin with aws:, values at most 256.")
}

/// A marker that is none of ours.
pub fn bad_marker() -> Error {
    invalid("The marker is not valid.")
}

/// The payload is no JSON.
pub fn bad_payload(cause: &str) -> Error {
    Error::new(
        "InvalidRequestContentException",
        format!(
            "Could not parse request body into json: Could not parse payload into json: {cause}"
        ),
    )
}

/// The payload is too large.
pub fn payload_too_large(bytes: usize, kind: &str, most: usize) -> Error {
    Error::new(
        "RequestTooLargeException",
        format!(
            "{bytes} byte payload is too large for the {kind} invocation type (limit {most} bytes)"
        ),
    )
    .status_is(413)
}

/// The client context is not what it must be.
pub fn bad_client_context() -> Error {
    Error::new(
        "InvalidRequestContentException",
        "Client context must be a valid Base64-encoded JSON object of at most 3583 bytes.",
    )
}

/// Too many invocations at once.
pub fn throttled(reason: &'static str) -> Error {
    Error::new("TooManyRequestsException", "Rate Exceeded.").status_is(429).with("Reason", reason)
}

/// The runtime cannot be run here.
pub fn invalid_runtime(message: &str) -> Error {
    Error::new("InvalidRuntimeException", message).status_is(502).capital_message()
}

/// The code that was stored cannot be unpacked.
pub fn invalid_archive(message: &str) -> Error {
    Error::new("InvalidZipFileException", message).status_is(502).capital_message()
}
