//! The REST protocol (restJson1): where in a request and in a reply each member stands.
//!
//! An operation says so once, as a [`Rest`]: method, path with `{Label}`s, and the members that stand
//! elsewhere than in the JSON body. Everything else follows from it: which requests are meant for the
//! operation, its input, and how its reply is taken apart.

mod split;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::Serialize;

use crate::error::Error;
use crate::json::Unwritable;
use crate::value::Value;

/// How one operation appears in HTTP.
#[derive(Debug)]
pub struct Rest {
    /// `POST`.
    pub method: &'static str,
    /// `/2015-03-31/functions/{FunctionName}/invocations`. A label is one segment and the member of its
    /// name. `?find=LayerVersion` at the end is a parameter that tells two operations apart.
    pub path: &'static str,
    /// The HTTP status of a reply.
    pub status: u16,
    /// Members of the request that stand neither in the path nor in the JSON body.
    pub request: &'static [(&'static str, Place)],
    /// Members of the reply that do not stand in its JSON body.
    pub reply: &'static [(&'static str, Place)],
    /// The largest body, where an operation takes more than others do.
    pub most_bytes: Option<usize>,
}

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header of this (lower case) name.
    Header(&'static str),
    /// A parameter of the query string.
    Query(&'static str),
    /// A parameter of the query string or else a member of the JSON body.
    QueryOrBody(&'static str),
    /// A parameter of the query string that may be repeated: a list.
    Queries(&'static str),
    /// The whole body, as bytes.
    Payload,
    /// The HTTP status of a reply.
    Status,
}

/// What of an HTTP request members are read from.
pub struct Request<'r, 'a> {
    /// The path, still encoded.
    pub path: &'a str,
    /// The query string, still encoded.
    pub query: &'a str,
    /// The value of a header.
    pub header: &'r dyn Fn(&str) -> Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// A reply, taken apart.
#[derive(Debug, Default)]
pub struct Written {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// More parameters than any AWS call has.
const MOST_PARAMETERS: usize = 256;

impl Rest {
    /// The most common kind: everything in path and JSON body, status 200.
    #[must_use]
    pub const fn new(method: &'static str, path: &'static str) -> Self {
        Self { method, path, status: 200, request: &[], reply: &[], most_bytes: None }
    }

    /// The same with another status.
    #[must_use]
    pub const fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same with members of the request that stand elsewhere.
    #[must_use]
    pub const fn request(self, request: &'static [(&'static str, Place)]) -> Self {
        Self { request, ..self }
    }

    /// The same with members of the reply that stand elsewhere.
    #[must_use]
    pub const fn reply(self, reply: &'static [(&'static str, Place)]) -> Self {
        Self { reply, ..self }
    }

    /// The same with larger bodies.
    #[must_use]
    pub const fn most_bytes(self, most_bytes: usize) -> Self {
        Self { most_bytes: Some(most_bytes), ..self }
    }

    /// Whether a request is meant for this operation. A slash at the end of the path does not count.
    #[must_use]
    pub fn matches(&self, method: &str, path: &str, query: &str) -> bool {
        let (pattern, parameter) = self.pattern();
        let mut sent = segments(path);
        method == self.method
            && pattern.split('/').skip(1).all(|part| {
                let sent = sent.next();
                sent.is_some_and(|sent| sent == part || label(part).is_some() && !sent.is_empty())
            })
            && sent.next().is_none()
            && parameter.is_none_or(|wanted| query.split('&').any(|one| one == wanted))
    }

    /// Whether a parameter of the query string is part of the address, so that it has to be asked
    /// before operations at the same path without one.
    #[must_use]
    pub fn is_told_by_parameter(&self) -> bool {
        self.pattern().1.is_some()
    }

    /// Gathers the members of a request that [`matches`](Self::matches).
    ///
    /// # Errors
    /// AWS's error for a body that is no JSON object and for text that is not UTF-8.
    pub fn read<'a>(&self, request: &Request<'_, 'a>) -> Result<Value<'a>, Error> {
        let mut members = match self.request.iter().find(|(_, place)| *place == Place::Payload) {
            Some((name, _)) => {
                let payload = Value::Bytes(Cow::Borrowed(request.body));
                vec![(Cow::Borrowed(*name), payload)]
            }
            None => self.body(request)?,
        };
        for (part, sent) in self.pattern().0.split('/').skip(1).zip(segments(request.path)) {
            if let Some(name) = label(part) {
                members.push((Cow::Borrowed(name), Value::Form(decode(sent)?)));
            }
        }
        for (name, place) in self.request {
            if let Some(value) = elsewhere(*place, request)? {
                members.push((Cow::Borrowed(*name), value));
            }
        }
        Ok(Value::Map(members))
    }

    /// Takes a reply apart.
    ///
    /// # Errors
    /// [`Unwritable`] for a reply type that the protocol cannot carry: a defect of ours.
    pub fn write<T: Serialize + ?Sized>(&self, output: &T) -> Result<Written, Unwritable> {
        split::split(self, output)
    }

    fn pattern(&self) -> (&'static str, Option<&'static str>) {
        match self.path.split_once('?') {
            Some((path, parameter)) => (path, Some(parameter)),
            None => (self.path, None),
        }
    }

    /// The members of a JSON body, less those whose place is elsewhere.
    fn body<'a>(&self, request: &Request<'_, 'a>) -> Result<Vec<(Cow<'a, str>, Value<'a>)>, Error> {
        let value = Value::from_json(request.body).map_err(|cause| {
            Error::serialization("the request body is not valid JSON").because(cause)
        })?;
        let Value::Map(mut members) = value else {
            return Err(Error::serialization("the request body is not a JSON object"));
        };
        let is_elsewhere = |place: &Place| match place {
            Place::QueryOrBody(name) => values(request.query, name).next().is_some(),
            _ => true,
        };
        let stands = |name: &str| self.request.iter().find(|(other, _)| *other == name);
        members.retain(|(name, _)| stands(name).is_none_or(|(_, place)| !is_elsewhere(place)));
        Ok(members)
    }
}

fn segments(path: &str) -> std::str::Split<'_, char> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/')
}

/// `FunctionName` of `{FunctionName}`.
fn label(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

fn decode(text: &str) -> Result<Cow<'_, str>, Error> {
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|cause| Error::serialization("the request is not valid UTF-8").because(cause))
}

fn elsewhere<'a>(place: Place, request: &Request<'_, 'a>) -> Result<Option<Value<'a>>, Error> {
    Ok(match place {
        Place::Header(name) => (request.header)(name).map(|text| Value::Form(Cow::Borrowed(text))),
        Place::Query(name) | Place::QueryOrBody(name) => match values(request.query, name).next() {
            Some(text) => Some(Value::Form(decode(text)?)),
            None => None,
        },
        Place::Queries(name) => {
            let texts = values(request.query, name).take(MOST_PARAMETERS);
            let texts = texts.map(|text| Ok(Value::Form(decode(text)?)));
            let texts: Vec<_> = texts.collect::<Result<_, Error>>()?;
            (!texts.is_empty()).then_some(Value::List(texts))
        }
        Place::Payload | Place::Status => None,
    })
}

/// The values of every parameter called `name`, still encoded.
fn values<'a>(query: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    query.split('&').filter_map(move |pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use crate::{At, Blob, Reply, Sensitive, Shape, Violations};

    static INVOKE: Rest = Rest::new("POST", "/2015-03-31/functions/{FunctionName}/invocations")
        .request(&[
            ("InvocationType", Place::Header("x-amz-invocation-type")),
            ("Qualifier", Place::Query("Qualifier")),
            ("Payload", Place::Payload),
        ])
        .reply(&[
            ("StatusCode", Place::Status),
            ("FunctionError", Place::Header("x-amz-function-error")),
            ("Payload", Place::Payload),
        ]);
    static UNTAG: Rest = Rest::new("DELETE", "/2017-03-31/tags/{Resource}")
        .status(204)
        .request(&[("TagKeys", Place::Queries("tagKeys")), ("MaxItems", Place::Query("MaxItems"))]);
    static CREATE: Rest =
        Rest::new("POST", "/things").request(&[("Name", Place::QueryOrBody("name"))]);
    static FIND: Rest = Rest::new("GET", "/2018-10-31/layers?find=LayerVersion")
        .request(&[("Arn", Place::Query("Arn"))]);

    #[derive(Debug, Shape)]
    struct Invoke {
        function_name: String,
        invocation_type: Option<String>,
        qualifier: Option<String>,
        payload: Option<Sensitive<Blob>>,
    }

    #[derive(Debug, Shape)]
    struct Untag {
        resource: String,
        tag_keys: Vec<String>,
        max_items: Option<i32>,
        other: Option<bool>,
    }

    #[derive(Reply)]
    struct Invoked {
        status_code: i32,
        function_error: Option<String>,
        payload: Option<Sensitive<Blob>>,
    }

    #[derive(Reply)]
    struct Told {
        name: String,
        size: i64,
    }

    fn read<T: Shape>(rest: &Rest, path: &str, query: &str, body: &[u8]) -> T {
        let header = |name: &str| (name == "x-amz-invocation-type").then_some("Event");
        let value = rest.read(&Request { path, query, header: &header, body }).unwrap();
        T::decode(value, &At::root(), &mut Violations::default()).unwrap().unwrap()
    }

    #[test]
    fn a_request_is_told_by_method_path_and_parameter() {
        let at = "/2015-03-31/functions/f/invocations";
        assert!(INVOKE.matches("POST", at, ""));
        assert!(INVOKE.matches("POST", "/2015-03-31/functions/f/invocations/", ""));
        for (method, path) in [
            ("GET", at),
            ("POST", "/2015-03-31/functions//invocations"),
            ("POST", "/2015-03-31/functions/f/invocations/x"),
            ("POST", "/2015-03-31/functions/f"),
            ("POST", "/"),
        ] {
            assert!(!INVOKE.matches(method, path, ""), "{method} {path}");
        }
        assert!(FIND.matches("GET", "/2018-10-31/layers", "Arn=x&find=LayerVersion"));
        assert!(!FIND.matches("GET", "/2018-10-31/layers", "Arn=x"));
    }

    #[test]
    fn members_are_gathered_from_path_query_headers_and_payload() {
        let path = "/2015-03-31/functions/arn%3Aaws%3Af/invocations";
        let invoke: Invoke = read(&INVOKE, path, "Qualifier=v%201", b"{\"a\"");
        assert_eq!(invoke.function_name, "arn:aws:f");
        assert_eq!(invoke.invocation_type.as_deref(), Some("Event"));
        assert_eq!(invoke.qualifier.as_deref(), Some("v 1"));
        assert_eq!(invoke.payload.unwrap().reveal().0, b"{\"a\"");
    }

    #[test]
    fn a_repeated_parameter_is_a_list_and_the_body_cannot_say_what_stands_elsewhere() {
        let body = br#"{"MaxItems": 9, "Resource": "other", "Other": true}"#;
        let untag: Untag =
            read(&UNTAG, "/2017-03-31/tags/arn", "tagKeys=a&tagKeys=b&MaxItems=3", body);
        assert_eq!(untag.resource, "arn");
        assert_eq!(untag.tag_keys, ["a", "b"]);
        assert_eq!((untag.max_items, untag.other), (Some(3), Some(true)));
        let untag: Untag = read(&UNTAG, "/2017-03-31/tags/arn", "tagKeys=a", body);
        assert_eq!(untag.max_items, None);
    }

    #[test]
    fn a_member_of_either_place_is_taken_from_the_query_string_first() {
        #[derive(Debug, Shape)]
        struct Create {
            name: String,
        }
        let body = br#"{"Name": "body"}"#;
        assert_eq!(read::<Create>(&CREATE, "/things", "", body).name, "body");
        assert_eq!(read::<Create>(&CREATE, "/things", "name=query", body).name, "query");
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        let header = |_: &str| None;
        for body in [&b"[]"[..], b"{", b"\xff"] {
            let request = Request { path: "/2017-03-31/tags/a", query: "", header: &header, body };
            assert!(UNTAG.read(&request).is_err());
        }
    }

    #[test]
    fn a_reply_is_taken_apart_into_status_headers_and_payload() {
        let invoked = Invoked {
            status_code: 202,
            function_error: Some("Unhandled".into()),
            payload: Some(Sensitive::new(Blob(b"\x00\"x\"".to_vec()))),
        };
        let written = INVOKE.write(&invoked).unwrap();
        assert_eq!(written.status, 202);
        assert_eq!(written.headers, [("x-amz-function-error", "Unhandled".to_owned())]);
        assert_eq!(written.body, b"\x00\"x\"");
        let nothing = Invoked { status_code: 204, function_error: None, payload: None };
        assert!(INVOKE.write(&nothing).unwrap().body.is_empty());
    }

    #[test]
    fn a_reply_without_places_is_json_and_none_is_empty() {
        let written = FIND.write(&Told { name: "a".into(), size: 2 }).unwrap();
        assert_eq!((written.status, &*written.body), (200, &br#"{"Name":"a","Size":2}"#[..]));
        let written = UNTAG.write(&()).unwrap();
        assert_eq!((written.status, &*written.body), (204, &b""[..]));
    }
}
