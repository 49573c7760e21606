//! Every AWS error that CloudWatch Logs can say.
//!
//! Texts are AWS's where they are on record; the others are in its manner.

use strongroom_records::RecordError;
use strongroom_wire::Error;

use crate::pattern::Malformed;

/// A fault of ours.
pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new("ServiceUnavailableException", "The service cannot complete the request.")
        .status_is(503)
        .because(cause)
}

/// What a record error is to the caller.
pub fn storage(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => internal(other),
    }
}

/// There is no such group. `arn` is what a caller must be allowed to ask about.
pub fn no_such_group(arn: impl Into<String>) -> Error {
    not_found("The specified log group does not exist.").about(arn)
}

/// There is no such stream.
pub fn no_such_stream(arn: impl Into<String>) -> Error {
    not_found("The specified log stream does not exist.").about(arn)
}

/// There is no such metric filter.
pub fn no_such_metric_filter() -> Error {
    not_found("The specified metric filter does not exist.")
}

/// There is no such resource policy.
pub fn no_such_policy() -> Error {
    not_found("Policy with name does not exist.")
}

/// A group of that name is there.
pub fn group_exists() -> Error {
    Error::new("ResourceAlreadyExistsException", "The specified log group already exists")
}

/// A stream of that name is there.
pub fn stream_exists() -> Error {
    Error::new("ResourceAlreadyExistsException", "The specified log stream already exists")
}

/// A name that no key of the store can hold.
pub fn name_too_long() -> Error {
    invalid("Invalid LogGroup or LogStream, both must have length less than or equal to 512.")
}

/// The request names the group twice.
pub fn name_and_identifier() -> Error {
    Error::validation("LogGroup name and LogGroup ARN are mutually exclusive parameters.")
}

/// The request does not name a group.
pub fn no_group_named() -> Error {
    Error::validation("Either LogGroup name or LogGroup ARN must be provided.")
}

/// The ARN is none of a log group.
pub fn invalid_arn() -> Error {
    invalid("The specified resource ARN is invalid.")
}

/// Two ways of choosing groups at once.
pub fn prefix_and_pattern() -> Error {
    invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
}

/// Two ways of choosing streams at once.
pub fn streams_and_prefix() -> Error {
    invalid("LogStream names and LogStream name prefix are mutually exclusive parameters.")
}

/// Two ways of choosing streams of a session at once.
pub fn streams_and_prefixes() -> Error {
    invalid("LogStream names and LogStream name prefixes are mutually exclusive parameters.")
}

/// Streams are chosen, and there are several groups that they may be of.
pub fn streams_of_several_groups() -> Error {
    invalid("LogStream names and prefixes can be specified for a single LogGroup only.")
}

/// AWS offers it for groups of the standard class only.
pub fn not_for_this_class() -> Error {
    Error::new(
        "InvalidOperationException",
        "The operation is not supported for the class of the log group.",
    )
}

/// There is no such subscription filter.
pub fn no_such_subscription_filter() -> Error {
    not_found("The specified subscription filter does not exist.")
}

/// Events go to functions only.
pub fn no_such_destination(arn: &str) -> Error {
    invalid(format!(
        "The destination {arn} is not offered: events are delivered to Lambda functions."
    ))
}

/// The function's policy lets logs not call it, or there is no function.
pub fn cannot_call_function() -> Error {
    invalid(
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
    )
}

/// A function that would be called with what it says itself.
pub fn own_logs_of_function() -> Error {
    invalid("The log group provided is reserved for the function logs of the destination function.")
}

/// Functions are called by their policy, not through a role.
pub fn role_for_function() -> Error {
    invalid("destinationArn for vendor lambda cannot be used with roleArn")
}

/// Streams in the order of their events cannot be chosen by prefix.
pub fn prefix_and_order() -> Error {
    invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
}

/// AWS searches backward only so far.
pub fn too_early_for_backward() -> Error {
    invalid(
        "startFromHead can be set to false only when startTime is on or after Jan 1, 2024 \
         00:00:00 UTC.",
    )
}

/// A token that is none of ours, or of another query.
pub fn invalid_next_token() -> Error {
    invalid("The specified nextToken is invalid.")
}

/// Not one of the days that AWS keeps logs for.
pub fn invalid_retention(days: i32, allowed: &[i32]) -> Error {
    let allowed: Vec<_> = allowed.iter().map(ToString::to_string).collect();
    invalid(format!(
        "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy \
         constraint: Member must satisfy enum value set: [{}]",
        allowed.join(", ")
    ))
}

/// Events out of order.
pub fn not_chronological() -> Error {
    invalid("Log events in a single PutLogEvents request must be in chronological order.")
}

/// Events too far apart.
pub fn span_too_long() -> Error {
    invalid(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    )
}

/// More bytes than a request may have.
pub fn upload_too_large(bytes: usize, limit: usize) -> Error {
    invalid(format!("Upload too large: {bytes} bytes exceeds limit of {limit}"))
}

/// More bytes than an event may have.
pub fn event_too_large(bytes: usize, limit: usize) -> Error {
    invalid(format!("Log event too large: {bytes} bytes exceeds limit of {limit}"))
}

/// A pattern for a search that cannot be read.
pub fn invalid_pattern(malformed: &Malformed) -> Error {
    invalid(malformed.to_string())
}

/// A pattern for a metric filter that cannot be read.
pub fn invalid_metric_pattern(malformed: &Malformed) -> Error {
    match malformed {
        Malformed::Pattern => invalid("Invalid metric filter pattern"),
        other => invalid(other.to_string()),
    }
}

/// Dimensions for a pattern that names no parts of a message.
pub fn no_dimensions_here() -> Error {
    invalid("The specified filter pattern does not support dimensions")
}

/// A default value beside dimensions.
pub fn default_with_dimensions() -> Error {
    invalid(
        "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
    )
}

/// More dimensions than AWS takes.
pub fn too_many_dimensions() -> Error {
    invalid("A metric transformation can have at most 3 dimensions.")
}

/// A metric value or dimension that is neither a number nor a part that the pattern names.
pub fn invalid_metric_value(value: &str) -> Error {
    invalid(format!(
        "Invalid metric transformation: '{value}' is neither a number nor a field of the filter pattern."
    ))
}

/// A metric is named by two members.
pub fn metric_without_namespace() -> Error {
    invalid("metricName and metricNamespace must be specified together.")
}

/// As many as there may be.
pub fn limit_exceeded() -> Error {
    Error::new("LimitExceededException", "Resource limit exceeded.")
}

/// As many tags as there may be.
pub fn too_many_tags(arn: &str) -> Error {
    Error::new(
        "TooManyTagsException",
        format!("The number of tags exceeds the limit of 50 for the resource {arn}."),
    )
}

/// `aws:…` belongs to AWS.
pub fn reserved_tag_key() -> Error {
    invalid("Tag keys beginning with \"aws:\" are reserved for system use.")
}

/// A list or map with too many or too few entries.
pub fn invalid_length(at: &str, bound: &str) -> Error {
    invalid(format!(
        "1 validation error detected: Value at '{at}' failed to satisfy constraint: Member must have length {bound}"
    ))
}

/// A key in a map that breaks a constraint.
pub fn invalid_map(at: &str, part: &str, constraint: &str) -> Error {
    invalid(format!(
        "1 validation error detected: Value at '{at}' failed to satisfy constraint: Map {part} must satisfy constraint: [{constraint}]"
    ))
}

/// The group is guarded against deletion.
pub fn deletion_protected() -> Error {
    Error::validation(
        "Unable to delete log group. The log group is protected against deletion. Disable \
         deletion protection and try again.",
    )
}

/// KMS keys guard no logs here.
pub fn no_kms_keys() -> Error {
    invalid(
        "The specified KMS key cannot be used: log data is sealed with the keys of the server, \
         not with KMS keys.",
    )
}

/// A member that asks for something that is not done here.
pub fn not_supported(what: &str) -> Error {
    invalid(format!("{what} is not supported."))
}

/// A resource policy that cannot be read.
pub fn malformed_policy(cause: strongroom_policy::Malformed) -> Error {
    invalid(format!("Policy document is invalid: {cause}"))
}

/// Something that a request must have.
pub fn required(member: &str) -> Error {
    invalid(format!(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
    ))
}

/// The policy has changed since it was read.
pub fn stale_revision() -> Error {
    Error::new(
        "OperationAbortedException",
        "The resource policy was changed meanwhile; its revision is not the expected one.",
    )
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new("InvalidParameterException", message)
}

fn not_found(message: &str) -> Error {
    Error::new("ResourceNotFoundException", message)
}
