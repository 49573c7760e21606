//! Every AWS error that SNS can say.

use strongroom_records::RecordError;
use strongroom_wire::Error;

/// A fault of ours.
pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new("InternalError", "We encountered an internal error. Please try again.")
        .status_is(500)
        .because(cause)
}

/// What a record error is to the caller.
pub fn of_record(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => internal(other),
    }
}

/// `Invalid parameter: ` and what is wrong.
pub fn invalid_parameter(what: impl std::fmt::Display) -> Error {
    Error::new("InvalidParameter", format!("Invalid parameter: {what}"))
}

/// An ARN of too few parts.
pub fn short_arn(parameter: &str, parts: usize) -> Error {
    invalid_parameter(format!(
        "{parameter} Reason: An ARN must have at least 6 elements, not {parts}"
    ))
}

/// A text that is no subscription's ARN.
pub fn subscription_id() -> Error {
    invalid_parameter("SubscriptionId")
}

/// There is no such topic.
pub fn no_such_topic(arn: &str) -> Error {
    Error::new("NotFound", "Topic does not exist").status_is(404).about(arn)
}

/// There is no such topic, in the words of the tagging operations.
pub fn no_such_resource(arn: &str) -> Error {
    Error::new("ResourceNotFound", "Resource does not exist").status_is(404).about(arn)
}

/// There is no such subscription.
pub fn no_such_subscription(topic_arn: &str) -> Error {
    Error::new("NotFound", "Subscription does not exist").status_is(404).about(topic_arn)
}

/// A subscription that nobody has confirmed cannot be cancelled by its owner.
pub fn pending_confirmation() -> Error {
    invalid_parameter(
        "SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation",
    )
}

/// The token is not one of the topic's, or no longer.
pub fn invalid_token() -> Error {
    Error::new("InvalidParameter", "Invalid token")
}

/// A subscription whose cancellation must be signed.
pub fn unsubscribe_unauthenticated() -> Error {
    Error::new("AuthorizationError", "Authentication is required to cancel this subscription")
        .status_is(403)
}

/// An attribute's value is not one that it can have.
pub fn attribute_value(name: &str, value: &str, hint: &str) -> Error {
    let value: String = value.chars().take(256).collect();
    invalid_parameter(format!("{name}: Invalid value [{value}]. {hint}"))
}

/// An attribute and the reason why it is refused.
pub fn attribute(name: &str, reason: impl std::fmt::Display) -> Error {
    invalid_parameter(format!("{name}: {reason}"))
}

/// A message attribute that cannot be.
pub fn message_attribute(reason: impl Into<String>) -> Error {
    Error::new("ParameterValueInvalid", reason)
}

/// Too many subscriptions.
pub fn too_many_subscriptions() -> Error {
    Error::new("SubscriptionLimitExceeded", "Subscription limit exceeded").status_is(403)
}

/// Too many filter policies.
pub fn too_many_filter_policies() -> Error {
    Error::new("FilterPolicyLimitExceeded", "Filter policy limit exceeded for the topic")
        .status_is(403)
}

/// Too many tags.
pub fn too_many_tags() -> Error {
    Error::new("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded")
}

/// No entries in a batch.
pub fn empty_batch() -> Error {
    Error::new("EmptyBatchRequest", "The batch request doesn't contain any entries.")
}

/// Too many entries in a batch.
pub fn batch_too_many() -> Error {
    Error::new(
        "TooManyEntriesInBatchRequest",
        "The batch request contains more entries than permissible.",
    )
}

/// Two entries of a batch with one id.
pub fn batch_ids_not_distinct() -> Error {
    Error::new(
        "BatchEntryIdsNotDistinct",
        "Two or more batch entries in the request have the same Id.",
    )
}

/// An id of a batch's entry that cannot be.
pub fn batch_id() -> Error {
    Error::new(
        "InvalidBatchEntryId",
        "The Id of a batch entry in a batch request doesn't abide by the specification. ",
    )
}

/// A batch of more bytes than a message may have.
pub fn batch_too_long() -> Error {
    Error::new(
        "BatchRequestTooLong",
        "The length of all the messages put together is more than the limit.",
    )
}
