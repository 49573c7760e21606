//! Where events of subscription filters go: the port to functions.

use strongroom_api::{BoxFuture, Circumstances, Result};

/// Something sent to a function for a log group.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The function's ARN, perhaps with a version or an alias.
    pub function: &'a str,
    /// The group's ARN, with `:*` at its end.
    pub group_arn: &'a str,
    /// The account of the group.
    pub account: &'a str,
}

/// Why something was not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// It may work later.
    Later(String),
    /// It will not work; the function is gone, or its policy says no.
    Refused(String),
}

/// Functions that take events.
pub trait Destinations: Send + Sync {
    /// Whether the function's policy lets logs call it for the group.
    ///
    /// # Errors
    /// Internal only.
    fn may_deliver<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        delivery: Delivery<'a>,
    ) -> BoxFuture<'a, Result<bool>>;

    /// Hands the function an event, without waiting for what it makes of it.
    fn deliver<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        delivery: Delivery<'a>,
        event: Vec<u8>,
    ) -> BoxFuture<'a, Result<(), Undelivered>>;
}
