//! Which service and operation a request asks for, and in which protocol.
//!
//! One endpoint serves every service. A request tells by `X-Amz-Target` (awsJson), by `Action` and
//! `Version` (awsQuery), by method and path (restJson) or by its path and `smithy-protocol`
//! (rpc-v2-cbor) what it wants; where these leave the service open, the scope of its signature or the
//! host name says. Whether the signature is scoped to that service is checked with the signature.

use std::borrow::Cow;

use http::request::Parts;
use http::{Method, header};
use percent_encoding::percent_decode_str;
use strongroom_api::{Error, Facts, Protocol};

use crate::services::{Hosted, Route, Services};

/// What of a request points at an operation.
#[derive(Debug)]
pub enum Marks<'a> {
    /// `X-Amz-Target: prefix.operation`.
    Target {
        /// What stands before the last dot.
        prefix: &'a str,
        /// What stands after it.
        operation: &'a str,
    },
    /// The path of rpc-v2-cbor: `/service/NAME/operation/OPERATION`.
    Path {
        /// The service as its model calls it, which is its target prefix in awsJson.
        prefix: &'a str,
        /// The operation.
        operation: &'a str,
    },
    /// The query protocol's `Action` and `Version`.
    Action {
        /// The operation.
        action: Option<Cow<'a, str>>,
        /// The API version, which is different for every service.
        version: Option<Cow<'a, str>>,
        /// All parameters, still encoded: the body's or the query string's.
        parameters: &'a [u8],
    },
    /// Method and path of an operation.
    Route(Route),
    /// Nothing that any service here understands.
    Nothing,
}

/// The protocol that errors are told in as long as nothing better is known.
#[must_use]
pub fn protocol(head: &Parts) -> Protocol {
    let content_type = header_text(head, &header::CONTENT_TYPE);
    if is_cbor(head) {
        return Protocol::Cbor;
    }
    if head.headers.contains_key("x-amz-target") {
        return match content_type.ends_with("json-1.0") {
            true => Protocol::Json10,
            false => Protocol::Json11,
        };
    }
    let query = head.uri.query().unwrap_or_default();
    if is_form(content_type) || parameter(query, "Action").is_some() {
        return Protocol::Query;
    }
    if head.uri.path() == "/" { Protocol::Json11 } else { Protocol::Rest }
}

/// The operation that method and path lead to. Known before the body is read, since operations differ
/// in what they take.
#[must_use]
pub fn route(services: &Services, head: &Parts) -> Option<Route> {
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    (path != "/").then(|| services.route(head.method.as_str(), path, query)).flatten()
}

/// The largest body that the operation takes which `X-Amz-Target` names, if that is more than usual.
/// Known before the body is read, as well.
#[must_use]
pub fn most_bytes(services: &Services, head: &Parts) -> Option<usize> {
    let target = head.headers.get("x-amz-target")?.to_str().ok()?;
    let (prefix, operation) = target.rsplit_once('.')?;
    let host = &services.with_target(prefix)?.host;
    host.most_bytes(host.find(operation)?)
}

/// Reads the marks of a request.
///
/// # Errors
/// AWS's error for a form that is not text.
pub fn marks<'a>(head: &'a Parts, body: &'a [u8]) -> Result<Marks<'a>, Error> {
    if is_cbor(head) {
        return Ok(path(head).unwrap_or(Marks::Nothing));
    }
    if head.uri.path() != "/" {
        return Ok(Marks::Nothing);
    }
    if let Some(target) = head.headers.get("x-amz-target") {
        let target = target.to_str().unwrap_or_default();
        return Ok(match target.rsplit_once('.') {
            Some((prefix, operation)) if head.method == Method::POST => {
                Marks::Target { prefix, operation }
            }
            _ => Marks::Nothing,
        });
    }
    let query = head.uri.query().unwrap_or_default();
    if head.method == Method::POST && is_form(header_text(head, &header::CONTENT_TYPE)) {
        let form = std::str::from_utf8(body).map_err(|cause| {
            Error::malformed_query("the request is not valid UTF-8").because(cause)
        })?;
        // Presigned requests may carry everything in the query string and nothing in the body.
        if parameter(form, "Action").is_some() || parameter(query, "Action").is_none() {
            return Ok(action(form));
        }
    }
    let asks_by_query = head.method == Method::GET || head.method == Method::POST;
    if asks_by_query && parameter(query, "Action").is_some() {
        return Ok(action(query));
    }
    Ok(Marks::Nothing)
}

/// The service that the marks lead to. `scope` is the service that the signature names.
///
/// # Errors
/// AWS's error for a service that is not served, or for a request that asks nothing.
pub fn service<'s>(
    services: &'s Services,
    marks: &Marks<'_>,
    head: &Parts,
    scope: Option<&str>,
) -> Result<&'s Hosted, Error> {
    match marks {
        Marks::Target { prefix, .. } => {
            services.with_target(prefix).ok_or_else(|| unknown_target(prefix))
        }
        // Only services that moved from awsQuery speak it, and these keep all three protocols.
        Marks::Path { prefix, .. } => services
            .with_target(prefix)
            .filter(|hosted| hosted.facts.query.is_some())
            .ok_or_else(|| unknown_target(prefix)),
        Marks::Action { action, version, .. } => version
            .as_deref()
            .and_then(|version| services.with_version(version))
            .or_else(|| {
                services.named(scope.or_else(|| linked(action)).or_else(|| host_label(head))?)
            })
            .filter(|hosted| hosted.facts.query.is_some())
            .ok_or_else(|| unknown_action(action.as_deref(), version.as_deref())),
        Marks::Route(route) => services.at(route.service).ok_or_else(|| asks_nothing(head, scope)),
        Marks::Nothing => Err(asks_nothing(head, scope)),
    }
}

/// The place of the operation in the service's table.
///
/// # Errors
/// AWS's error for an operation that does not exist, or that is not offered yet.
pub fn operation(hosted: &Hosted, marks: &Marks<'_>) -> Result<usize, Error> {
    match marks {
        Marks::Target { operation, .. } | Marks::Path { operation, .. } => hosted
            .host
            .find(operation)
            .ok_or_else(|| unknown_operation(not_offered(hosted.facts, operation))),
        Marks::Action { action: None, .. } => Err(missing_action()),
        Marks::Action { action: Some(action), version, .. } => {
            let right_version = hosted.facts.query.map(|query| query.version) == version.as_deref()
                || (version.is_none() && linked(&Some(Cow::Borrowed(action))).is_some());
            let position = hosted.host.find(action).filter(|_| right_version);
            position.ok_or_else(|| {
                let mut error = unknown_action(Some(action), version.as_deref());
                if let Some(missing) =
                    hosted.facts.not_offered.iter().find(|one| one.name == *action)
                {
                    error = invalid_action(format!(
                        "{}: it is not offered yet ({})",
                        error.message(),
                        missing.reason
                    ));
                }
                error
            })
        }
        Marks::Route(route) => Ok(route.position),
        Marks::Nothing => Err(unknown_operation(String::new())),
    }
}

/// Whether the request is one of rpc-v2-cbor, which says so itself.
fn is_cbor(head: &Parts) -> bool {
    head.headers.get("smithy-protocol").is_some_and(|protocol| protocol == "rpc-v2-cbor")
}

/// The marks in the path of rpc-v2-cbor; anything may stand before `/service/`. A request with
/// `X-Amz-Target` as well would mean two things.
fn path(head: &Parts) -> Option<Marks<'_>> {
    if head.method != Method::POST || head.headers.contains_key("x-amz-target") {
        return None;
    }
    let (front, operation) = head.uri.path().rsplit_once("/operation/")?;
    let (_, prefix) = front.rsplit_once("/service/")?;
    let are_names = !operation.contains('/') && !prefix.contains('/');
    are_names.then_some(Marks::Path { prefix, operation })
}

fn action(parameters: &str) -> Marks<'_> {
    Marks::Action {
        action: parameter(parameters, "Action"),
        version: parameter(parameters, "Version"),
        parameters: parameters.as_bytes(),
    }
}

/// The decoded value of the first parameter of this name.
fn parameter<'a>(form: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let value = form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    percent_decode_str(value).decode_utf8().ok()
}

fn is_form(content_type: &str) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    content_type.get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM))
}

fn header_text<'a>(head: &'a Parts, name: &header::HeaderName) -> &'a str {
    head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The service whose messages have links with this action, which name no version.
fn linked(action: &Option<Cow<'_, str>>) -> Option<&'static str> {
    matches!(action.as_deref(), Some("ConfirmSubscription" | "Unsubscribe")).then_some("sns")
}

/// `sts` of `sts.eu-west-1.amazonaws.com`.
fn host_label(head: &Parts) -> Option<&str> {
    let host = match head.uri.authority() {
        Some(authority) => authority.as_str(),
        None => header_text(head, &header::HOST),
    };
    host.split('.').next().filter(|label| !label.is_empty())
}

fn unknown_operation(message: String) -> Error {
    Error::new("UnknownOperationException", message).query_code("InvalidAction")
}

fn unknown_target(prefix: &str) -> Error {
    unknown_operation(format!("The service behind the target prefix '{prefix}' is not offered"))
}

fn not_offered(facts: &Facts, operation: &str) -> String {
    match facts.not_offered.iter().find(|missing| missing.name == operation) {
        Some(missing) => format!("{operation} is not offered yet: {}", missing.reason),
        None => format!("{} has no operation {operation}", facts.name),
    }
}

fn invalid_action(message: String) -> Error {
    Error::new("InvalidAction", message)
}

fn unknown_action(action: Option<&str>, version: Option<&str>) -> Error {
    let Some(action) = action else { return missing_action() };
    let version = version.unwrap_or("NO_VERSION_SPECIFIED");
    invalid_action(format!("Could not find operation {action} for version {version}"))
}

fn missing_action() -> Error {
    Error::new("MissingAction", "The request must contain the parameter Action")
}

/// What AWS says to browsers, scanners, and clients of services that are not here.
fn asks_nothing(head: &Parts, scope: Option<&str>) -> Error {
    match scope {
        Some(service) => unknown_operation(format!(
            "The request names no operation of {service} that this server knows"
        )),
        None if head.method == Method::POST && head.uri.path() == "/" => {
            Error::new("MissingAuthenticationTokenException", "Missing Authentication Token")
                .query_code("MissingAuthenticationToken")
                .query_status(403)
        }
        None => unknown_operation(String::new()).status_is(404),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use http::Request;

    use super::*;

    fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

    #[test]
    fn a_target_with_dots_splits_at_the_last_one() {
        let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
        let head = head("POST", "/", &[("x-amz-target", target)]);
        let prefix = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
        let found = marks(&head, b"").unwrap();
        let Marks::Target { prefix: before, operation } = found else { panic!("no target") };
        assert_eq!((before, operation), (prefix, "LookupEvents"));
    }

    #[test]
    fn a_path_leads_to_an_operation_when_the_request_says_cbor() {
        let cbor = ("smithy-protocol", "rpc-v2-cbor");
        let target = ("x-amz-target", "GraniteServiceVersion20100801.PutMetricData");
        let there = "/behind/a/proxy/service/GraniteServiceVersion20100801/operation/PutMetricData";
        let found = head("POST", there, &[cbor]);
        let Marks::Path { prefix, operation } = marks(&found, b"").unwrap() else {
            panic!("no path")
        };
        assert_eq!((prefix, operation), ("GraniteServiceVersion20100801", "PutMetricData"));
        for head in [
            head("POST", there, &[]),
            head("GET", there, &[cbor]),
            head("POST", there, &[cbor, target]),
            head("POST", "/service/a/b/operation/PutMetricData", &[cbor]),
            head("POST", "/", &[cbor]),
        ] {
            assert!(matches!(marks(&head, b"").unwrap(), Marks::Nothing));
        }
    }

    #[test]
    fn an_action_is_found_in_the_body_and_in_the_query_string() {
        let in_body = head("POST", "/", &[FORM]);
        let presigned = head("GET", "/?Version=2011-06-15&Action=Get%43aller", &[]);
        let presigned_post = head("POST", "/?Version=2011-06-15&Action=GetCaller", &[FORM]);
        for (head, body) in [
            (in_body, &b"Action=GetCaller&Version=2011-06-15"[..]),
            (presigned, b""),
            (presigned_post, b""),
        ] {
            let Marks::Action { action, version, .. } = marks(&head, body).unwrap() else {
                panic!("no action");
            };
            assert_eq!(action.as_deref(), Some("GetCaller"));
            assert_eq!(version.as_deref(), Some("2011-06-15"));
        }
    }

    #[test]
    fn a_form_that_is_not_text_is_malformed() {
        let error = marks(&head("POST", "/", &[FORM]), b"Action=\xff").unwrap_err();
        assert_eq!(error.code(strongroom_wire::Family::Query), "MalformedQueryString");
    }

    #[test]
    fn a_path_or_method_of_no_protocol_has_no_marks() {
        let target = ("x-amz-target", "secretsmanager.ListSecrets");
        for head in [
            head("POST", "/anything", &[target]),
            head("GET", "/", &[target]),
            head("DELETE", "/?Action=ListUsers", &[]),
            head("POST", "/", &[("x-amz-target", "nodot")]),
        ] {
            assert!(matches!(marks(&head, b"").unwrap(), Marks::Nothing));
        }
    }
}
