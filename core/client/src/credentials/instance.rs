//! Instance metadata, version 2: EC2, and our own agent.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use zeroize::Zeroizing;

use super::{Credentials, Provide, Providing, read_document};
use crate::{Error, Response, Transport, Variables};

const TIMEOUT: Duration = Duration::from_secs(1);
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

/// The metadata service.
pub(crate) struct Instance {
    endpoint: String,
    transport: Arc<Transport>,
}

impl Instance {
    /// The service, unless the variables switch it off.
    pub(crate) fn find(variables: &Variables, transport: &Arc<Transport>) -> Option<Self> {
        let is_off = variables("AWS_EC2_METADATA_DISABLED");
        if is_off.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return None;
        }
        let endpoint = variables("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            .unwrap_or_else(|| "http://169.254.169.254".to_owned());
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Some(Self { endpoint, transport: Arc::clone(transport) })
    }

    async fn fetch(&self) -> Result<Credentials, Error> {
        let ttl = (HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
        let token = self.ask(Method::PUT, "/latest/api/token", ttl).await?;
        let session = (HeaderName::from_static("x-aws-ec2-metadata-token"), token.text()?);
        let roles = self.ask(Method::GET, ROLES, session.clone()).await?;
        let role = roles.text()?.lines().next().unwrap_or_default().trim();
        let document = self.ask(Method::GET, &format!("{ROLES}{role}"), session).await?;
        read_document(&document.body)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        (name, value): (HeaderName, &str),
    ) -> Result<Response, Error> {
        let uri: Uri = format!("{}{path}", self.endpoint)
            .parse()
            .map_err(|_| Error::settings("the instance metadata endpoint is not a URL"))?;
        let value = HeaderValue::from_str(value)
            .map_err(|_| Error::credentials("the instance metadata token cannot be in a header"))?;
        let headers = HeaderMap::from_iter([(name, value)]);
        let body = Zeroizing::default();
        let reply = self.transport.exchange(method, uri, headers, body, TIMEOUT).await.map_err(|_| {
            Error::credentials(
                "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, \
                 or another of AWS's sources",
            )
        })?;
        if reply.status.is_success() {
            return Ok(reply);
        }
        Err(Error::credentials(format!("the instance metadata service answered {}", reply.status)))
    }
}

impl Provide for Instance {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.fetch())
    }
}
