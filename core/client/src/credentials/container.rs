//! The container credentials endpoint: ECS, EKS Pod Identity, and our own agent.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Uri};
use zeroize::Zeroizing;

use super::{Credentials, Provide, Providing, read_document};
use crate::{Error, Transport, Variables};

/// As botocore waits.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 3;
/// Where plain HTTP is good enough, besides loopback.
const HOSTS: &[&str] = &["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost"];

/// What `AWS_CONTAINER_CREDENTIALS_…` name.
pub(crate) struct Container {
    uri: Uri,
    variables: Variables,
    transport: Arc<Transport>,
}

impl Container {
    /// The endpoint, if the variables name one.
    ///
    /// # Errors
    /// For a host to which a key must not go in the clear.
    pub(crate) fn find(
        variables: &Variables,
        transport: &Arc<Transport>,
    ) -> Result<Option<Self>, Error> {
        let relative = variables("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            .map(|path| format!("http://169.254.170.2{path}"));
        let Some(url) = relative.or_else(|| variables("AWS_CONTAINER_CREDENTIALS_FULL_URI")) else {
            return Ok(None);
        };
        let refuse =
            |why| Error::settings(format!("the container credentials endpoint {url} {why}"));
        let uri: Uri = url.parse().map_err(|_| refuse("is not a URL"))?;
        if !may_be_asked(&uri) {
            return Err(refuse("has to use https, or be on this host"));
        }
        let (variables, transport) = (Arc::clone(variables), Arc::clone(transport));
        Ok(Some(Self { uri, variables, transport }))
    }

    async fn fetch(&self) -> Result<Credentials, Error> {
        let mut headers = HeaderMap::new();
        if let Some(token) = self.token()? {
            let mut value = HeaderValue::from_str(&token)
                .map_err(|_| Error::credentials("the authorization token cannot be in a header"))?;
            value.set_sensitive(true);
            headers.insert(http::header::AUTHORIZATION, value);
        }
        let mut attempt = 1;
        loop {
            let body = Zeroizing::default();
            let asked = self.transport.exchange(
                Method::GET,
                self.uri.clone(),
                headers.clone(),
                body,
                TIMEOUT,
            );
            match asked.await {
                Ok(reply) if reply.status.is_success() => return read_document(&reply.body),
                Ok(reply) => {
                    let text =
                        format!("the container credentials endpoint answered {}", reply.status);
                    return Err(Error::credentials(text));
                }
                Err(error) if attempt >= ATTEMPTS => return Err(error),
                Err(_) => attempt += 1,
            }
        }
    }

    /// Read anew for every request, since Kubernetes renews the file.
    fn token(&self) -> Result<Option<Zeroizing<String>>, Error> {
        if let Some(path) = (self.variables)("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            let read = crate::profile::read(std::path::Path::new(&path))?;
            let text =
                read.ok_or_else(|| Error::credentials(format!("there is no file {path}")))?;
            return Ok(Some(Zeroizing::new(text.trim_end_matches('\n').to_owned())));
        }
        Ok((self.variables)("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Zeroizing::new))
    }
}

fn may_be_asked(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => HOSTS.contains(&host) || address.is_ok_and(|address| address.is_loopback()),
        _ => false,
    }
}

impl Provide for Container {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.fetch())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_in_the_clear_to_this_host_only() {
        let ask = |url: &'static str| may_be_asked(&Uri::from_static(url));
        for url in [
            "https://example.com/",
            "http://127.0.0.1:1/x",
            "http://[::1]:1/",
            "http://169.254.170.23/v1",
        ] {
            assert!(ask(url), "{url}");
        }
        for url in ["http://example.com/", "http://169.254.169.254/", "http://10.0.0.1/"] {
            assert!(!ask(url), "{url}");
        }
    }
}
