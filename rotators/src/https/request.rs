//! One request of a recipe: what it says, and what it becomes with values.

use std::collections::BTreeMap;

use bytes::Bytes;
use data_encoding::BASE64;
use http::header::{HeaderName, HeaderValue};
use http::{Method, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::template::{Template, Values, Whose};
use crate::error::Error;

/// What stands in a URL or a form as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Headers that say where a message ends and whom it is for, which is not the recipe's business.
const OURS: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request as it is written in a recipe.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    method: Option<String>,
    url: String,
    auth: Option<WrittenAuth>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    json: Option<Value>,
    form: Option<BTreeMap<String, String>>,
    expect: Option<Vec<u16>>,
    /// Members of the answer, by JSON pointer, that have to be so.
    #[serde(default)]
    answer: BTreeMap<String, Value>,
    /// Statuses that mean that the credential is wrong; of `test` alone.
    pub refuse: Option<Vec<u16>>,
    /// Members of the secret and where in the answer they are; of `create` alone.
    pub take: Option<BTreeMap<String, String>>,
    /// Of `revoke` alone.
    pub when: Option<When>,
}

/// When the credential before is revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// As soon as the new one is the current one.
    #[default]
    Finish,
    /// In the next rotation, so that two are valid at a time.
    Next,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum WrittenAuth {
    Basic { username: String, password: String },
    Bearer(String),
}

/// A request that was looked at.
pub struct Call {
    /// `set`, `test` and so on.
    pub name: &'static str,
    /// `https://host:port`
    pub origin: String,
    method: Method,
    /// Path and query.
    target: Template,
    auth: Option<Auth>,
    headers: Vec<(HeaderName, Template)>,
    body: Body,
    expect: Vec<u16>,
    answer: BTreeMap<String, Value>,
}

enum Auth {
    Basic(Template, Template),
    Bearer(Template),
}

enum Body {
    None,
    Json(Json),
    Form(Vec<(String, Template)>),
}

enum Json {
    Fixed(Value),
    Text(Template),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A request with values in it.
pub struct Rendered {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: Zeroizing<String>,
    /// Headers by name.
    pub headers: Vec<(String, Zeroizing<String>)>,
    /// The body.
    pub body: Bytes,
}

impl Call {
    /// Looks at a request that may use values of `allowed`. `gone` are statuses that are fine beside those
    /// of success where the recipe does not say.
    ///
    /// # Errors
    /// `ValueError`: what is wrong with it.
    pub fn read(
        name: &'static str,
        written: Written,
        allowed: &[Whose],
        gone: &[u16],
    ) -> Result<Self, Error> {
        let wrong = |what: &str| Error::value(format!("{name} of the rotation: {what}"));
        let template = |text: &str| Template::parse(text, allowed).map_err(|what| wrong(&what));
        let (origin, target) = split(&written.url).map_err(&wrong)?;
        let auth = match written.auth {
            None => None,
            Some(WrittenAuth::Bearer(token)) => Some(Auth::Bearer(template(&token)?)),
            Some(WrittenAuth::Basic { username, password }) => {
                Some(Auth::Basic(template(&username)?, template(&password)?))
            }
        };
        let mut headers = Vec::new();
        for (header, value) in &written.headers {
            let known = HeaderName::from_bytes(header.as_bytes())
                .ok()
                .filter(|known| !OURS.contains(&known.as_str()))
                .ok_or_else(|| wrong(&format!("the header {header:?} cannot be set")))?;
            headers.push((known, template(value)?));
        }
        let body = match (written.json, written.form) {
            (None, None) => Body::None,
            (Some(json), None) => Body::Json(Json::read(json, &template)?),
            (None, Some(form)) => {
                let parts = form.into_iter().map(|(key, text)| Ok((key, template(&text)?)));
                Body::Form(parts.collect::<Result<_, Error>>()?)
            }
            _ => return Err(wrong("it has one body, json or form")),
        };
        let method = method(written.method.as_deref(), &body)
            .ok_or_else(|| wrong("method is one of GET, HEAD, POST, PUT, PATCH and DELETE"))?;
        let expect = match written.expect {
            Some(statuses) => statuses,
            None => (200..300).chain(gone.iter().copied()).collect(),
        };
        if expect.iter().any(|status| !matches!(status, 200..300 | 400..600)) {
            return Err(wrong("expect has statuses from 200 to 299 and from 400 to 599"));
        }
        if written.answer.keys().any(|pointer| !is_pointer(pointer)) {
            return Err(wrong("the keys of answer are JSON pointers, such as /ok"));
        }
        let target = template(target)?;
        let answer = written.answer;
        Ok(Self { name, origin, method, target, auth, headers, body, expect, answer })
    }

    /// The request with values in it.
    ///
    /// # Errors
    /// `KeyError` and `ValueError` for values that are missing or cannot stand where they should.
    pub fn render(&self, values: &Values<'_>) -> Result<Rendered, Error> {
        let wrong = |what: &str| Error::value(format!("{} of the rotation: {what}", self.name));
        let target = self.target.fill(values, |value, to| {
            if value.is_empty() {
                // "/keys/" is about all keys.
                return Err(wrong("a value in the url is empty"));
            }
            if value.split(['/', '\\']).any(is_dots) {
                return Err(wrong("a value in the url would change its path"));
            }
            to.extend(utf8_percent_encode(value, ENCODED));
            Ok(())
        })?;
        let path = target.split('?').next().unwrap_or_default();
        if path.split('/').any(is_dots) {
            return Err(wrong("a value in the url would change its path"));
        }
        let url = Zeroizing::new(format!("{}{}", self.origin, target.as_str()));
        if url.parse::<Uri>().is_err() {
            return Err(wrong("the url is none"));
        }
        let mut headers = vec![
            ("accept".to_owned(), Zeroizing::new("application/json".to_owned())),
            ("user-agent".to_owned(), Zeroizing::new("strongroom-rotator".to_owned())),
        ];
        headers.extend(self.auth.as_ref().map(|auth| auth.header(values)).transpose()?);
        let body = match &self.body {
            Body::None => Bytes::new(),
            Body::Json(json) => {
                headers.push(content_type("application/json"));
                let mut text = Zeroizing::new(String::with_capacity(1_024));
                json.fill(values, &mut text)?;
                Bytes::copy_from_slice(text.as_bytes())
            }
            Body::Form(parts) => {
                headers.push(content_type("application/x-www-form-urlencoded"));
                Bytes::copy_from_slice(form(parts, values)?.as_bytes())
            }
        };
        for (name, value) in &self.headers {
            headers.push((name.as_str().to_owned(), value.plain(values)?));
        }
        for (name, value) in &headers {
            // Also refuses what ends a header and begins another.
            if !value.is_ascii() || HeaderValue::from_str(value).is_err() {
                return Err(wrong(&format!("a value cannot stand in the header {name}")));
            }
        }
        Ok(Rendered { method: self.method.clone(), url, headers, body })
    }

    /// `GET https://host`, for the operator.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{} {}", self.method, self.origin)
    }

    /// Whether `status` is one that the recipe expects.
    #[must_use]
    pub fn expects(&self, status: u16) -> bool {
        self.expect.contains(&status)
    }

    /// Whether the answer says what the recipe wants it to.
    #[must_use]
    pub fn agrees(&self, body: &[u8]) -> bool {
        if self.answer.is_empty() {
            return true;
        }
        let Ok(said) = serde_json::from_slice::<Value>(body) else { return false };
        self.answer.iter().all(|(pointer, wanted)| said.pointer(pointer) == Some(wanted))
    }
}

impl Auth {
    fn header(&self, values: &Values<'_>) -> Result<(String, Zeroizing<String>), Error> {
        let value = match self {
            Self::Bearer(token) => {
                let token = token.plain(values)?;
                format!("Bearer {}", token.as_str())
            }
            Self::Basic(username, password) => {
                let (username, password) = (username.plain(values)?, password.plain(values)?);
                // RFC 7617: what is before the first colon is the name.
                if username.contains(':') {
                    return Err(Error::value("a name with a colon cannot be sent by basic auth"));
                }
                let both = Zeroizing::new(format!("{}:{}", username.as_str(), password.as_str()));
                format!("Basic {}", BASE64.encode(both.as_bytes()))
            }
        };
        Ok(("authorization".to_owned(), Zeroizing::new(value)))
    }
}

impl Json {
    fn read(
        value: Value,
        template: &impl Fn(&str) -> Result<Template, Error>,
    ) -> Result<Self, Error> {
        Ok(match value {
            Value::String(text) => Self::Text(template(&text)?),
            Value::Array(items) => {
                let items = items.into_iter().map(|item| Self::read(item, template));
                Self::List(items.collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let members = members.into_iter();
                let members = members.map(|(name, item)| Ok((name, Self::read(item, template)?)));
                Self::Object(members.collect::<Result<_, Error>>()?)
            }
            fixed => Self::Fixed(fixed),
        })
    }

    fn fill(&self, values: &Values<'_>, to: &mut String) -> Result<(), Error> {
        match self {
            Self::Fixed(value) => to.push_str(&value.to_string()),
            Self::Text(template) => to.push_str(&template.json(values)?),
            Self::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    to.push_str(if at == 0 { "[" } else { "," });
                    item.fill(values, to)?;
                }
                to.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Self::Object(members) => {
                for (at, (name, item)) in members.iter().enumerate() {
                    to.push_str(if at == 0 { "{" } else { "," });
                    to.push_str(&Value::from(name.as_str()).to_string());
                    to.push(':');
                    item.fill(values, to)?;
                }
                to.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
        Ok(())
    }
}

/// Whether `text` is a JSON pointer to a member.
pub fn is_pointer(text: &str) -> bool {
    text.starts_with('/')
}

/// A URL's origin and the rest. No value may have a say in where a request goes.
fn split(url: &str) -> Result<(String, &str), &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("url begins with https://")?;
    if !["https", "http"].contains(&scheme) {
        return Err("url begins with https://");
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, target) = rest.split_at(end);
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_host) {
        return Err("the url's host is plain: no placeholders, no credentials");
    }
    if target.contains(['#', '\\']) || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the url has characters that have to be encoded");
    }
    Ok((format!("{scheme}://{host}"), if target.is_empty() { "/" } else { target }))
}

fn method(written: Option<&str>, body: &Body) -> Option<Method> {
    match (written, body) {
        (None, Body::None) => Some(Method::GET),
        (None, _) => Some(Method::POST),
        (Some(name), _) => {
            let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].contains(&name);
            Method::from_bytes(name.as_bytes()).ok().filter(|_| known)
        }
    }
}

fn form(parts: &[(String, Template)], values: &Values<'_>) -> Result<Zeroizing<String>, Error> {
    let mut text = Zeroizing::new(String::with_capacity(1_024));
    for (name, value) in parts {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, ENCODED));
        text.push('=');
        text.extend(utf8_percent_encode(&value.plain(values)?, ENCODED));
    }
    Ok(text)
}

fn content_type(name: &str) -> (String, Zeroizing<String>) {
    ("content-type".to_owned(), Zeroizing::new(name.to_owned()))
}

fn is_dots(segment: &str) -> bool {
    [".", ".."].contains(&segment)
}
