//! What SNS needs from outside: this server's address, HTTP, a mail relay, functions.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Mailbox, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Circumstances, Result};
use strongroom_lambda::{Lambda, OnBehalf};
use strongroom_outbound::{Fault, Limits};
use strongroom_sns::Sns;
use strongroom_sns::deliver::PRINCIPAL;
use strongroom_sns::failure::Failure;
use strongroom_sns::ports::{Address, Email, Functions, Mail, Miss, Post, Web};

use crate::failure::Failure as Complaint;
use crate::outward::{Exit, Relay};
use crate::pages::{Page, Pages};
use crate::ports::Failures;

/// The port `Address`: what the operator says, or where this server has come to listen.
pub struct Reachable {
    /// What the operator says.
    pub public_url: Option<String>,
    /// Where it listens, once it does.
    pub endpoint: Arc<OnceLock<String>>,
}

impl Address for Reachable {
    fn base_url(&self) -> String {
        let told = self.public_url.as_ref().or_else(|| self.endpoint.get());
        told.cloned().unwrap_or_default()
    }
}

/// The port `Web`: the guarded client for HTTP.
pub struct GuardedWeb(pub Arc<Exit>);

impl Web for GuardedWeb {
    fn post<'a>(&'a self, post: Post<'a>) -> BoxFuture<'a, std::result::Result<(), Miss>> {
        Box::pin(async move {
            let headers: Vec<_> =
                post.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let body = Bytes::copy_from_slice(post.body);
            let client = self.0.client().map_err(|failure| Miss {
                reason: failure.message().to_owned(),
                may_recover: true,
            })?;
            let response = client.post(post.url, &headers, body, &Limits::default()).await;
            let status = match response {
                Ok(response) => response.status,
                // What was said is said; how much was answered does not matter.
                Err(Fault::TooLong) => return Ok(()),
                Err(fault) => {
                    let may_recover = fault.may_recover();
                    return Err(Miss { reason: fault.to_string(), may_recover });
                }
            };
            if status.is_success() {
                return Ok(());
            }
            // AWS tries again after a fault of the endpoint's, not after one that it finds with us.
            let may_recover = status.is_server_error() || matches!(status.as_u16(), 408 | 429);
            Err(Miss { reason: status.to_string(), may_recover })
        })
    }
}

/// The port `Mail`: a relay, or none.
pub struct MailRelay {
    relay: Option<(AsyncSmtpTransport<Tokio1Executor>, lettre::Address)>,
}

impl MailRelay {
    /// The relay that the operator names.
    ///
    /// # Errors
    /// For the operator: a URL that is none of a relay.
    pub fn new(relay: Option<&Relay>) -> std::result::Result<Self, Complaint> {
        let Some(relay) = relay else { return Ok(Self { relay: None }) };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&relay.url);
        let transport = transport.map_err(|cause| {
            // The cause may repeat the URL, and that may have a password.
            tracing::debug!("smtp_url: {cause}");
            Complaint::new("smtp_url is no URL of a mail relay")
                .hint("smtps://USER:PASSWORD@HOST, or smtp://HOST:25 for one without TLS")
        })?;
        let from = relay.from.parse().map_err(|_| Complaint::new("smtp_from is no address"))?;
        let transport = transport.timeout(Some(std::time::Duration::from_secs(30))).build();
        Ok(Self { relay: Some((transport, from)) })
    }
}

impl Mail for MailRelay {
    fn send<'a>(&'a self, mail: Email<'a>) -> BoxFuture<'a, std::result::Result<(), Miss>> {
        Box::pin(async move {
            let Some((transport, from)) = &self.relay else {
                let reason = "no mail relay is named; set `smtp_url` and `smtp_from`".to_owned();
                return Err(Miss { reason, may_recover: false });
            };
            let message =
                compose(from, &mail).map_err(|reason| Miss { reason, may_recover: false })?;
            match transport.send(message).await {
                Ok(_) => Ok(()),
                Err(error) => {
                    let may_recover = !error.is_permanent();
                    Err(Miss { reason: format!("the mail relay: {error}"), may_recover })
                }
            }
        })
    }
}

fn compose(from: &lettre::Address, mail: &Email<'_>) -> std::result::Result<Message, String> {
    let to = mail.to.parse().map_err(|cause| format!("the address: {cause}"))?;
    let body = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(mail.body.to_owned());
    let mut message = Message::builder()
        .from(Mailbox::new(Some(mail.from_name.to_owned()), from.clone()))
        .to(Mailbox::new(None, to))
        .subject(mail.subject);
    if let Some(link) = mail.unsubscribe {
        message = message.header(Unsubscribe(format!("<{link}>")));
    }
    message.singlepart(body).map_err(|cause| cause.to_string())
}

/// `List-Unsubscribe`, which mail programs show as a button.
#[derive(Clone)]
struct Unsubscribe(String);

impl lettre::message::header::Header for Unsubscribe {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// The port `Functions`: Lambda, asked as SNS for the topic. The function's policy decides.
pub struct LambdaFunctions(pub Arc<Lambda>);

impl Functions for LambdaFunctions {
    fn invoke<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function_arn: &'a str,
        payload: &'a [u8],
    ) -> BoxFuture<'a, std::result::Result<(), Miss>> {
        Box::pin(async move {
            let (source_arn, source_account) = circumstances
                .caller
                .details
                .source
                .as_ref()
                .map_or(("", ""), |(arn, account)| (arn.as_str(), account.as_str()));
            let on_behalf = OnBehalf { service: PRINCIPAL, source_arn, source_account };
            let region = function_arn.split(':').nth(3).unwrap_or(circumstances.region);
            let there = Circumstances { region, ..*circumstances };
            let sent =
                self.0.send_as_service(&there, function_arn, on_behalf, payload.to_vec()).await;
            sent.map_err(|error| Miss {
                reason: error.to_string(),
                may_recover: error.is_internal() || is_throttled(&error),
            })
        })
    }
}

fn is_throttled(error: &strongroom_api::Error) -> bool {
    matches!(
        error.code(strongroom_wire::Family::Json),
        "TooManyRequestsException" | "ThrottlingException"
    )
}

/// The certificates that messages of SNS are verified with.
pub struct Certificates(pub Arc<Sns>);

impl Pages for Certificates {
    fn page<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Page>>> {
        Box::pin(async move {
            let id = path.strip_prefix("/SimpleNotificationService-");
            let Some(id) = id.and_then(|id| id.strip_suffix(".pem")) else { return Ok(None) };
            let pem = self.0.certificate(id).await?;
            Ok(pem.map(|pem| Page {
                content_type: "application/x-pem-file",
                bytes: pem.into_bytes(),
            }))
        })
    }
}

/// The deliveries that SNS has given up, for the operator.
pub struct GivenUp(pub Arc<Sns>);

impl Failures for GivenUp {
    fn list<'a>(
        &'a self,
        account: &'a str,
        region: &'a str,
        most: usize,
    ) -> BoxFuture<'a, Result<Vec<Value>>> {
        Box::pin(async move {
            let failures = self.0.failures(account, region, most).await?;
            let shown = |failure: &Failure| {
                json!({
                    "given_up": failure.given_up.iso8601(),
                    "published": failure.published.iso8601(),
                    "kind": failure.kind,
                    "topic": failure.topic_arn,
                    "subscription": failure.subscription_arn,
                    "protocol": failure.protocol,
                    "endpoint": failure.endpoint,
                    "message_id": failure.message_id,
                    "subject": failure.subject,
                    "message": failure.message,
                    "attempts": failure.attempts,
                    "reason": failure.reason,
                })
            };
            Ok(failures.iter().map(shown).collect())
        })
    }
}
