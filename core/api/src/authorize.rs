//! May the caller do this? The gate that every call passes, and the proof of having passed.

use std::borrow::Cow;
use std::ops::Deref;

use smallvec::SmallVec;
use strongroom_policy::{Authority, Decision, Request, Values};
use strongroom_wire::Error;

use crate::call::Call;
use crate::conditions::Conditions;
use crate::explanation;
use crate::operation::Operation;
use crate::service::{Denials, Service};
use crate::target::{Missing, Target};

/// A target that the caller is authorized for. Only this crate can construct it, so an operation that
/// forgets to authorize does not compile.
#[derive(Debug)]
pub struct Authorized<T>(T);

impl<T> Authorized<T> {
    pub(crate) fn grant(target: T) -> Self {
        Self(target)
    }

    /// The target.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Authorized<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// One permission that a call needs.
pub struct Demand<'t> {
    action: Cow<'static, str>,
    target: &'t dyn Target,
}

/// The permissions that a call needs.
pub type Demands<'t> = SmallVec<[Demand<'t>; 2]>;

impl<'t> Demand<'t> {
    /// The permission named as the operation, on its target.
    #[must_use]
    pub fn own<O: Operation>(target: &'t O::Target) -> Self {
        Self { action: action::<O>(), target }
    }

    /// Another permission: `secretsmanager:TagResource`, `iam:PassRole`.
    #[must_use]
    pub fn of(action: &'static str, target: &'t dyn Target) -> Self {
        Self { action: Cow::Borrowed(action), target }
    }
}

fn action<O: Operation>() -> Cow<'static, str> {
    Cow::Owned([<O::Service as Service>::ACTION_PREFIX, ":", O::ACTION].concat())
}

/// Checks every demand of `O`; the first that is not met is the error.
pub(crate) fn check<O: Operation>(
    call: &Call<'_, O::Service>,
    input: &O::Input,
    target: &O::Target,
) -> Result<(), Error> {
    let condition = |key: &str| O::condition(input, Some(target), key);
    for demand in O::demands(input, target) {
        decide(call, &demand.action, demand.target, &condition)?;
    }
    Ok(())
}

/// What the caller is told when the target could not be found: the error itself, unless that would
/// reveal to somebody without permission whether a resource exists.
pub(crate) fn reveal<O: Operation>(
    call: &Call<'_, O::Service>,
    input: &O::Input,
    error: Error,
) -> Error {
    let Some(arn) = error.reveals() else { return error };
    let shown = error.shown().unwrap_or(arn);
    let missing = Missing { arn, shown, fallback_account: call.caller.account() };
    let condition = |key: &str| O::condition(input, None, key);
    match decide(call, &action::<O>(), &missing, &condition) {
        Ok(()) => error,
        Err(denied) => denied,
    }
}

/// Whether the caller may do `action` to `target`, as far as that does not depend on the request.
pub(crate) fn allows<S: Service>(call: &Call<'_, S>, action: &str, target: &dyn Target) -> bool {
    ask(call, action, target, &|_| None, |request, authority| {
        strongroom_policy::decide(request, authority, target.rule()).allowed
    })
}

fn decide<'c, S: Service>(
    call: &'c Call<'c, S>,
    action: &str,
    target: &'c dyn Target,
    condition: &'c dyn Fn(&str) -> Option<Values<'c>>,
) -> Result<(), Error> {
    ask(call, action, target, condition, |request, authority| {
        let decision = strongroom_policy::decide(request, authority, target.rule());
        if decision.allowed {
            return Ok(());
        }
        Err(denial(request, authority, target, &decision, S::DENIALS))
    })
}

/// Puts the question to `answer` as policies read it.
fn ask<'c, S: Service, R>(
    call: &'c Call<'c, S>,
    action: &str,
    target: &'c dyn Target,
    condition: &'c dyn Fn(&str) -> Option<Values<'c>>,
    answer: impl FnOnce(&Request<'_>, &Authority<'_>) -> R,
) -> R {
    let conditions = Conditions { circumstances: call.circumstances(), target, condition };
    let request = Request {
        principal: &call.caller.principal(),
        action,
        resource: &target.arn(),
        resource_account: target.account(),
        context: &conditions,
    };
    answer(&request, &call.caller.authority())
}

/// What the caller is told, and beside it what only the record is told.
#[cold]
fn denial(
    request: &Request<'_>,
    authority: &Authority<'_>,
    target: &dyn Target,
    decision: &Decision,
    denials: Denials,
) -> Error {
    let action = spelled(request.action, denials);
    let usual =
        || decision.message(&Request { resource: &target.shown(), action: &action, ..*request });
    let words = target.denial(request, decision).unwrap_or_else(usual);
    let mut explanation = strongroom_policy::explain(request, authority, target.rule());
    explanation.message = Some(words.clone());
    let denied = Error::access_denied(words).query_code(denials.query_code);
    match explanation::for_record(explanation) {
        Some(told) => denied.explained(told),
        None => denied,
    }
}

fn spelled(action: &str, denials: Denials) -> Cow<'_, str> {
    match (denials.spelled, action.split_once(':')) {
        (Some(service), Some((_, name))) => Cow::Owned([service, ":", name].concat()),
        _ => Cow::Borrowed(action),
    }
}
