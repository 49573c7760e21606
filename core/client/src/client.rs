//! Asks services, signs, and tries again when that may help.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::sign::{Scope, sign};
use crate::transport::date;
use crate::{
    AssumeRole, Credentials, Error, Fresh, Machine, Provide, Response, Service, Settings, Stream,
    Transport, Variables, chain, element, unescaped,
};

/// The first pause between two attempts, and the longest.
const FIRST_PAUSE_MILLIS: u64 = 100;
const LONGEST_PAUSE_MILLIS: u64 = 5_000;
/// A clock that is no further off than this is not why a signature is refused; AWS allows five minutes.
const TOLERATED_SKEW: SignedDuration = SignedDuration::from_mins(4);

/// What is left as it is in a form.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A client of AWS's APIs; cloning shares connections and credentials.
#[derive(Clone)]
pub struct Client {
    settings: Arc<Settings>,
    transport: Transport,
    credentials: Arc<dyn Provide>,
    machine: Arc<dyn Machine>,
    /// How far the service's clock is ahead of the machine's, in milliseconds; 0 while that does not matter.
    skew: Arc<AtomicI64>,
}

/// A request to a service, unsigned.
pub struct Request {
    /// Whom it is for.
    pub service: Service,
    /// HTTP's method.
    pub method: Method,
    /// Path and query, percent-encoded, beginning with `/`.
    pub target: String,
    /// Headers besides those that signing adds.
    pub headers: HeaderMap,
    /// The body, wiped when dropped.
    pub body: Zeroizing<Vec<u8>>,
}

impl Client {
    /// Endpoint, Region and credentials from AWS's standard variables and files.
    ///
    /// # Errors
    /// Without a Region, or for files that cannot be used. Credentials are looked for when needed.
    pub async fn from_environment(
        variables: Variables,
        machine: Arc<dyn Machine>,
    ) -> Result<Self, Error> {
        let settings = Settings::from_environment(&variables)?;
        let found = chain(&variables, &settings, &machine)?;
        Ok(Self::new(settings, Arc::new(Fresh::new(found, Arc::clone(&machine))), machine))
    }

    /// A client with these settings, which signs with what `credentials` provides.
    #[must_use]
    pub fn new(
        settings: Settings,
        credentials: Arc<dyn Provide>,
        machine: Arc<dyn Machine>,
    ) -> Self {
        let transport = Transport::new(settings.ca_bundle.clone(), settings.connect_timeout);
        let skew = Arc::default();
        Self { settings: Arc::new(settings), transport, credentials, machine, skew }
    }

    /// The same connections with other credentials.
    #[must_use]
    pub fn with_credentials(&self, credentials: Arc<dyn Provide>) -> Self {
        Self { credentials, ..self.clone() }
    }

    /// The same as the role `arn`, whose sessions begin and are renewed as needed.
    #[must_use]
    pub fn as_role(&self, arn: &str, session_name: &str) -> Self {
        let role = AssumeRole::new(self.clone(), arn, session_name);
        self.with_credentials(Arc::new(Fresh::new(Box::new(role), Arc::clone(&self.machine))))
    }

    /// The same, which calls itself `name`.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        let settings = Settings { user_agent: name.to_owned(), ..(*self.settings).clone() };
        Self { settings: Arc::new(settings), ..self.clone() }
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The machine that tells it the time.
    #[must_use]
    pub fn machine(&self) -> &Arc<dyn Machine> {
        &self.machine
    }

    /// Credentials that are good now.
    ///
    /// # Errors
    /// [`Fault::Credentials`](crate::Fault::Credentials) when there are none.
    pub async fn credentials(&self) -> Result<Credentials, Error> {
        self.credentials.provide().await
    }

    /// Asks a service that speaks JSON; `target` is `secretsmanager.GetSecretValue`.
    ///
    /// # Errors
    /// What the service refused, or what kept it from answering.
    pub async fn json(
        &self,
        service: Service,
        target: &str,
        body: &[u8],
    ) -> Result<Response, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        let target = HeaderValue::from_str(target)
            .map_err(|_| Error::settings("an operation's name cannot be in a header"))?;
        headers.insert(HeaderName::from_static("x-amz-target"), target);
        self.post(service, headers, Zeroizing::new(body.to_vec())).await
    }

    /// Asks a service that speaks the query protocol: STS, IAM, SNS.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub async fn query(
        &self,
        service: Service,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Response, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"),
        );
        let mut body = Zeroizing::new(Vec::with_capacity(4096));
        for (name, value) in
            [("Action", action), ("Version", service.version)].iter().chain(parameters)
        {
            let separator = if body.is_empty() { "" } else { "&" };
            let pair = format!("{separator}{name}={}", utf8_percent_encode(value, FORM));
            body.extend_from_slice(Zeroizing::new(pair).as_bytes());
        }
        self.post(service, headers, body).await
    }

    async fn post(
        &self,
        service: Service,
        headers: HeaderMap,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<Response, Error> {
        let target = "/".to_owned();
        self.send(&Request { service, method: Method::POST, target, headers, body }).await
    }

    /// Sends a request of any kind, signed, as often as the settings allow.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        let mut pause = FIRST_PAUSE_MILLIS;
        let mut attempt = 1;
        let (mut has_renewed, mut has_set_clock) = (false, false);
        loop {
            let skew = self.skew.load(Ordering::Relaxed);
            let error = match self.attempt(request).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if error.is_about_credentials() && !has_renewed {
                has_renewed = true;
                self.credentials.forget().await;
                continue;
            }
            if !has_set_clock && self.skew.load(Ordering::Relaxed) != skew {
                has_set_clock = true;
                continue;
            }
            if !error.is_transient() || attempt >= self.settings.max_attempts {
                return Err(error);
            }
            // All of it by chance, lest clients that failed together come back together.
            let millis = self.machine.below(pause) + 1;
            tokio::time::sleep(Duration::from_millis(millis)).await;
            pause = (pause * 2).min(LONGEST_PAUSE_MILLIS);
            attempt += 1;
        }
    }

    /// Opens an answer that goes on and on.
    ///
    /// # Errors
    /// As [`json`](Self::json); it is not tried again.
    pub async fn open(&self, request: &Request) -> Result<Stream, Error> {
        let mut has_set_clock = false;
        loop {
            let (uri, headers) = self.signed(request).await?;
            let timeout = self.settings.timeout;
            let method = request.method.clone();
            let (status, headers, stream) =
                self.transport.open(method, uri, headers, timeout).await?;
            if status.is_success() {
                return Ok(stream);
            }
            // What else may be wrong is in a body that nobody waits for.
            let may_be_clock = matches!(status, StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN);
            if has_set_clock || !may_be_clock || !self.set_clock(date(&headers)) {
                return Err(Error::service(status.as_u16(), "", "the stream was refused"));
            }
            has_set_clock = true;
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Response, Error> {
        let (uri, headers) = self.signed(request).await?;
        let method = request.method.clone();
        let timeout = self.settings.timeout;
        let body = request.body.clone();
        let response = self.transport.exchange(method, uri, headers, body, timeout).await?;
        if response.status.is_success() {
            return Ok(response);
        }
        let error = refusal(&response);
        if error.is_about_signature() {
            self.set_clock(response.date());
        }
        Err(error)
    }

    /// Takes the service's clock for signatures if ours is too far from it, as AWS's SDKs do. Says whether
    /// that is news.
    fn set_clock(&self, date: Option<Timestamp>) -> bool {
        let Some(date) = date else { return false };
        if date.duration_since(self.time()).abs() <= TOLERATED_SKEW {
            return false;
        }
        let skew = date.duration_since(self.machine.now());
        self.skew.store(i64::try_from(skew.as_millis()).unwrap_or_default(), Ordering::Relaxed);
        true
    }

    /// Now, as far as is known by the service's clock.
    fn time(&self) -> Timestamp {
        let skew = SignedDuration::from_millis(self.skew.load(Ordering::Relaxed));
        let now = self.machine.now();
        now.saturating_add(skew).unwrap_or(now)
    }

    async fn signed(&self, request: &Request) -> Result<(Uri, HeaderMap), Error> {
        let credentials = self.credentials.provide().await?;
        let endpoint = self.settings.endpoint(request.service)?;
        let base = endpoint.to_string();
        let url = format!("{}{}", base.trim_end_matches('/'), request.target);
        let uri: Uri = url.parse().map_err(|_| Error::settings(format!("{url} is not a URL")))?;
        let mut headers = request.headers.clone();
        let region = self.settings.signing_region(request.service);
        let scope = Scope { service: request.service.name, region, now: self.time() };
        // AssumeRoleWithWebIdentity is judged by its token alone.
        if !credentials.access_key_id().is_empty() {
            sign(&request.method, &uri, &mut headers, &request.body, &credentials, &scope)?;
        }
        // Unsigned, as every proxy is free to change them.
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        if let Ok(name) = HeaderValue::from_str(&self.settings.user_agent) {
            headers.insert(USER_AGENT, name);
        }
        Ok((uri, headers))
    }
}

/// The error that a service answered with, in JSON or XML.
fn refusal(response: &Response) -> Error {
    #[derive(Deserialize, Default)]
    struct Body {
        #[serde(default, alias = "code", rename = "__type")]
        kind: String,
        #[serde(default, alias = "Message")]
        message: String,
    }
    let status = response.status.as_u16();
    let text = String::from_utf8_lossy(&response.body);
    if text.trim_start().starts_with('<') {
        let part = |name| element(&text, name).map(|part| unescaped(part).to_string());
        let code = part("Code").unwrap_or_default();
        return Error::service(status, code, part("Message").unwrap_or_default());
    }
    let body: Body = lenient(&text).unwrap_or_default();
    let header = response.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let kind = if body.kind.is_empty() { header.unwrap_or_default() } else { &body.kind };
    let code = kind.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    let message = if body.message.is_empty() { reason(response.status) } else { body.message };
    Error::service(status, code, message)
}

/// A body may spell a key both ways, which serde takes for a mistake.
fn lenient<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
    let members = value.as_object_mut()?;
    if members.contains_key("message") {
        members.remove("Message");
    }
    if members.contains_key("__type") {
        members.remove("code");
    }
    serde_json::from_value(value).ok()
}

fn reason(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("the service refused").to_owned()
}
