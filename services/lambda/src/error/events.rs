//! Errors about what is asked of events, and about who is told what came of them.

use strongroom_wire::Error;

use super::{invalid, not_found};

/// There is no such function to ask something of events of.
pub fn no_function_of_events(arn: &str) -> Error {
    not_found("The function doesn't exist.").about(arn)
}

/// Nothing is asked of the events of this version or alias.
pub fn no_event_invoke(arn: &str) -> Error {
    not_found(format!("The function {arn} doesn't have an EventInvokeConfig")).about(arn)
}

/// A request that asks for nothing.
pub fn nothing_asked_of_events() -> Error {
    invalid("You must specify at least one of error handling or destination setting.")
}

/// Destinations of a kind that is not there.
pub fn bad_destinations(on_success: Option<&str>, on_failure: Option<&str>) -> Error {
    let shown = |name: &str, arn: Option<&str>| {
        arn.map_or_else(|| "null".to_owned(), |arn| format!("{name}(destination={arn})"))
    };
    invalid(format!(
        "The provided destination config DestinationConfig(onSuccess={}, onFailure={}) is invalid.",
        shown("OnSuccess", on_success),
        shown("OnFailure", on_failure)
    ))
}

/// A function to be told that is not there.
pub fn no_such_destination(arn: &str) -> Error {
    invalid(format!("The destination ARN {arn} is invalid."))
}

/// A function that is told of itself.
pub fn own_destination() -> Error {
    invalid("You can't specify the function as a destination for itself.")
}

/// A topic that keeps an order.
pub fn fifo_destination() -> Error {
    invalid("FIFO-type Amazon SNS topics aren't supported as a destination.")
}

/// The same for dead letters.
pub fn fifo_dead_letters() -> Error {
    invalid(
        "Invalid dead letter queue ARN: FIFO SNS topic is not supported for dead letter configuration",
    )
}

/// The execution role may not send to a destination.
pub fn role_may_not(action: &str, service: &str) -> Error {
    invalid(format!(
        "The provided execution role does not have permissions to call {action} on {service}"
    ))
}
