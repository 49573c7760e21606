//! Requests to the service: where they may go, and what is made of the answers.

use std::net::IpAddr;
use std::time::Duration;

use http::Uri;
use serde_json::Value;
use strongroom_outbound::{Fault, Limits, Networks, Outbound, Roots};
use strongroom_wire::Sensitive;

use super::recipe::Recipe;
use super::request::Call;
use super::template::Values;
use crate::error::Error;
use crate::trust::Trust;

/// The variable of the function that says which hosts requests may go to.
pub const HOSTS: &str = "HTTPS_ALLOWED_HOSTS";

/// The longest answer that is read.
const ANSWER_BYTES: usize = 64 << 10;
const CONNECT_SECONDS: u64 = 5;
/// Where no web service is, but machines are told secrets of theirs: link-local addresses and those of
/// clouds' metadata services. Also what is no single machine's address.
const REFUSED: &str = "0.0.0.0/8, 169.254.0.0/16, 100.100.100.200, 168.63.129.16, 192.0.0.192, \
                       224.0.0.0/3, ::/128, fe80::/10, fd00:ec2::/32, ff00::/8";

/// A way to the service.
pub struct Web {
    outbound: Outbound,
    limits: Limits,
    hosts: Option<Vec<String>>,
}

/// What the service answered.
pub struct Answer {
    status: u16,
    body: Sensitive<Vec<u8>>,
}

impl Web {
    /// The way that `recipe` needs: with its authorities, else with those of `trust`, to `hosts`.
    ///
    /// # Errors
    /// Nobody can be trusted.
    pub fn new(recipe: &Recipe, trust: &Trust, hosts: Option<&str>) -> Result<Self, Error> {
        let unusable = |cause: String| {
            Error::value("authority of the rotation is no certificate in PEM").because(cause)
        };
        let roots: Roots = match &recipe.authority {
            Some(pem) => Roots::none()
                .and_pem(pem.as_bytes())
                .map_err(|cause| unusable(cause.to_string()))?,
            None => trust
                .roots()
                .map_err(|refused| {
                    Error::value("No authority to trust is known").because(refused.to_string())
                })?
                .into(),
        };
        let defect = |cause: String| Error::value("Requests cannot be sent").because(cause);
        let refused: Networks = REFUSED.parse().map_err(defect)?;
        let outbound = Outbound::new(roots, Networks::everywhere())
            .map_err(|cause| defect(cause.to_string()))?
            .refusing(refused)
            .with_tls_beyond_this_machine();
        let limits = Limits {
            patience: recipe.timeout,
            connect: Duration::from_secs(CONNECT_SECONDS).min(recipe.timeout),
            body_bytes: ANSWER_BYTES,
        };
        let hosts = hosts
            .map(|hosts| hosts.split(',').map(|host| host.trim().to_ascii_lowercase()).collect());
        Ok(Self { outbound, limits, hosts })
    }

    /// Whether the operator lets requests go to the host of `call`.
    ///
    /// # Errors
    /// `ValueError`: it is not on the function's list.
    pub fn check(&self, call: &Call) -> Result<(), Error> {
        let Some(hosts) = &self.hosts else { return Ok(()) };
        let uri = call.origin.parse::<Uri>().ok();
        let host = uri.as_ref().and_then(Uri::host).unwrap_or_default().to_ascii_lowercase();
        let is_name = host.trim_matches(['[', ']']).parse::<IpAddr>().is_err();
        let may = hosts.iter().any(|known| match known.strip_prefix('*') {
            Some(end) => is_name && end.starts_with('.') && host.ends_with(end),
            None => *known == host,
        });
        if may {
            return Ok(());
        }
        Err(Error::value(format!(
            "{} of the rotation goes to a host that is not allowed",
            call.name
        ))
        .because(call.shown())
        .hint("list the host in HTTPS_ALLOWED_HOSTS of the function"))
    }

    /// Sends a request with values in it.
    ///
    /// # Errors
    /// It cannot be made of the values, or there is no answer.
    pub async fn send(&self, call: &Call, values: &Values<'_>) -> Result<Answer, Error> {
        self.check(call)?;
        let request = call.render(values)?;
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (method, url) = (request.method, request.url.as_str());
        let sent = self.outbound.send(method, url, &headers, request.body, &self.limits).await;
        match sent {
            Ok(answer) => Ok(Answer {
                status: answer.status.as_u16(),
                body: Sensitive::new(answer.body.to_vec()),
            }),
            Err(fault) => Err(unanswered(call, &fault)),
        }
    }

    /// Sends a request that has to go well.
    ///
    /// # Errors
    /// As above, and when the answer is not the one that the recipe expects.
    pub async fn demand(&self, call: &Call, values: &Values<'_>) -> Result<Answer, Error> {
        let answer = self.send(call, values).await?;
        if call.expects(answer.status) && call.agrees(answer.body.reveal()) {
            return Ok(answer);
        }
        Err(unexpected(call, &answer))
    }

    /// Whether the recipe's test goes well with `{this.…}`.
    ///
    /// # Errors
    /// As above, and when the answer says neither yes nor no.
    pub async fn works(&self, recipe: &Recipe, values: &Values<'_>) -> Result<bool, Error> {
        let answer = self.send(&recipe.test, values).await?;
        if recipe.test.expects(answer.status) {
            return Ok(recipe.test.agrees(answer.body.reveal()));
        }
        match recipe.refuse.contains(&answer.status) {
            true => Ok(false),
            false => Err(unexpected(&recipe.test, &answer)),
        }
    }
}

impl Answer {
    /// The member at `pointer`, if it is a text or a number.
    ///
    /// # Errors
    /// `ValueError`: there is none; what there is instead is not told.
    pub fn take(&self, call: &Call, pointer: &str) -> Result<Value, Error> {
        let said: Option<Value> = serde_json::from_slice(self.body.reveal()).ok();
        let found = said.as_ref().and_then(|said| said.pointer(pointer));
        found
            .filter(|value| {
                value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
            })
            .cloned()
            .ok_or_else(|| {
                Error::value(format!("The answer to {} has no text at {pointer}", call.name))
                    .because(call.shown())
            })
    }
}

fn unanswered(call: &Call, fault: &Fault) -> Error {
    let error = Error::value(format!("{} of the rotation came to no answer", call.name))
        .because(format!("{}: {fault}", call.shown()));
    match fault {
        Fault::Tls { .. } => {
            error.hint("check the service's certificate, or `authority` of the rotation")
        }
        Fault::Refused { .. } | Fault::Plain { .. } | Fault::Forbidden { .. } => {
            error.hint("use https and the service's own address")
        }
        Fault::TooLong => error.hint("answers of up to 64 KiB are read"),
        _ => error.hint("check the url of the rotation, and that the service is running"),
    }
}

fn unexpected(call: &Call, answer: &Answer) -> Error {
    let status = answer.status;
    let error = Error::value(format!("{} of the rotation was refused", call.name));
    if call.expects(status) {
        return error.because(format!("{}: {status} with another answer", call.shown()));
    }
    let error = error.because(format!("{}: {status}", call.shown()));
    match status {
        300..=399 => error.hint("redirects are not followed: name the place that it leads to"),
        401 | 403 => error.hint("check `auth` of the request and what the credential may do"),
        _ => error,
    }
}
