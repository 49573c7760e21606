//! What SNS needs from outside.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances};

/// Everything that SNS needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// Where this server is reached.
    pub address: Arc<dyn Address>,
    /// HTTP and HTTPS endpoints.
    pub web: Arc<dyn Web>,
    /// E-mail.
    pub mail: Arc<dyn Mail>,
    /// Lambda.
    pub functions: Arc<dyn Functions>,
}

/// Where this server is reached.
pub trait Address: Send + Sync {
    /// Its base URL without a slash at the end, as it stands in the links of messages:
    /// `https://secrets.example.com`.
    fn base_url(&self) -> String;
}

/// An attempt that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// What happened, for the operator: `503 Service Unavailable`, `connection refused`.
    pub reason: String,
    /// Whether it may go better later.
    pub may_recover: bool,
}

/// A message for an HTTP endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// Where to.
    pub url: &'a str,
    /// The headers beside those that HTTP itself needs.
    pub headers: &'a [(&'static str, String)],
    /// The body.
    pub body: &'a [u8],
}

/// HTTP and HTTPS endpoints.
pub trait Web: Send + Sync {
    /// Posts a message. It is delivered when the endpoint answers 2xx within 15 seconds.
    fn post<'a>(&'a self, post: Post<'a>) -> BoxFuture<'a, Result<(), Miss>>;
}

/// A mail.
#[derive(Clone, Copy, Debug)]
pub struct Email<'a> {
    /// The display name of the sender; the address is the operator's.
    pub from_name: &'a str,
    /// The recipient's address.
    pub to: &'a str,
    /// One line.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
    /// Where the recipient unsubscribes, for mail programs that offer it.
    pub unsubscribe: Option<&'a str>,
}

/// E-mail.
pub trait Mail: Send + Sync {
    /// Hands the mail to the relay.
    fn send<'a>(&'a self, mail: Email<'a>) -> BoxFuture<'a, Result<(), Miss>>;
}

/// Lambda.
pub trait Functions: Send + Sync {
    /// Invokes the function asynchronously with `payload`, as the principal in `circumstances`.
    fn invoke<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function_arn: &'a str,
        payload: &'a [u8],
    ) -> BoxFuture<'a, Result<(), Miss>>;
}
