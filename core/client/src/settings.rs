//! Whom to ask, how long and how often: from AWS's variables and files.

use std::path::PathBuf;
use std::time::Duration;

use http::Uri;

use crate::profile::Profile;
use crate::{Error, Service, Variables};

/// Where requests go and how patiently.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Region.
    pub region: String,
    /// Endpoints by service (`SECRETS_MANAGER`), or for all (empty name); the first that fits holds.
    pub endpoints: Vec<(String, String)>,
    /// Certificates to trust instead of the system's; PEM.
    pub ca_bundle: Option<PathBuf>,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How often a request is sent at most.
    pub max_attempts: u32,
    /// What the program calls itself: `strongroom-agent/0.1.0`.
    pub user_agent: String,
}

/// The services of which an endpoint of their own can be named.
const SERVICES: &[Service] = &[
    crate::SECRETS_MANAGER,
    crate::STS,
    crate::IAM,
    crate::SSM,
    crate::KMS,
    crate::LAMBDA,
    crate::SNS,
    crate::HOSTS,
];

impl Settings {
    /// What AWS's standard variables and the shared configuration file say.
    ///
    /// # Errors
    /// Without a Region, or with a profile that is not there.
    pub fn from_environment(variables: &Variables) -> Result<Self, Error> {
        let profile = Profile::read(variables)?;
        let region = variables("AWS_REGION")
            .or_else(|| variables("AWS_DEFAULT_REGION"))
            .or_else(|| profile.get("region").map(str::to_owned))
            .ok_or_else(|| Error::settings("no Region is set: set AWS_REGION"))?;
        let attempts = variables("AWS_MAX_ATTEMPTS").and_then(|text| text.parse().ok());
        Ok(Self {
            region,
            endpoints: endpoints(variables, &profile),
            ca_bundle: variables("AWS_CA_BUNDLE")
                .or_else(|| profile.get("ca_bundle").map(str::to_owned))
                .map(PathBuf::from),
            max_attempts: attempts.filter(|attempts| (1..=20).contains(attempts)).unwrap_or(3),
            ..Self::for_region("")
        })
    }

    /// AWS's own endpoints in `region`.
    #[must_use]
    pub fn for_region(region: &str) -> Self {
        Self {
            region: region.to_owned(),
            endpoints: Vec::new(),
            ca_bundle: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            max_attempts: 3,
            user_agent: concat!("strongroom-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// The same, with every service at `endpoint`.
    #[must_use]
    pub fn at(mut self, endpoint: &str) -> Self {
        self.endpoints = vec![(String::new(), endpoint.to_owned())];
        self
    }

    /// Whether an endpoint other than AWS's is set for the service.
    #[must_use]
    pub fn configured_endpoint(&self, service: Service) -> Option<&str> {
        let fits = |(name, _): &&(String, String)| name.is_empty() || name == service.variable;
        self.endpoints.iter().find(fits).map(|(_, url)| url.as_str())
    }

    /// Where the service is.
    ///
    /// # Errors
    /// For an endpoint that is not an `http` or `https` URL.
    pub fn endpoint(&self, service: Service) -> Result<Uri, Error> {
        let url = match self.configured_endpoint(service) {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => service.endpoint(&self.region),
        };
        let uri = url.parse::<Uri>().ok();
        uri.filter(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none()
        })
        .ok_or_else(|| Error::settings(format!("the endpoint {url} is not an http or https URL")))
    }

    /// The Region that signatures name.
    #[must_use]
    pub fn signing_region(&self, service: Service) -> &str {
        match self.configured_endpoint(service) {
            Some(_) if !service.is_global => &self.region,
            _ => service.signing_region(&self.region),
        }
    }
}

fn endpoints(variables: &Variables, profile: &Profile) -> Vec<(String, String)> {
    let ignored = variables("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Vec::new();
    }
    let own = SERVICES.iter().filter_map(|service| {
        let url = variables(&format!("AWS_ENDPOINT_URL_{}", service.variable))?;
        Some((service.variable.to_owned(), url))
    });
    let all = variables("AWS_ENDPOINT_URL")
        .or_else(|| profile.get("endpoint_url").map(str::to_owned))
        .map(|url| (String::new(), url));
    own.chain(all).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::sync::Arc;

    use super::*;
    use crate::{IAM, SECRETS_MANAGER, STS};

    fn settings(pairs: &'static [(&'static str, &'static str)]) -> Result<Settings, Error> {
        let variables: Variables = Arc::new(move |wanted| {
            pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
        });
        Settings::from_environment(&variables)
    }

    #[test]
    fn an_endpoint_of_one_service_wins_over_that_of_all() {
        let settings = settings(&[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1"),
        ])
        .unwrap();
        assert_eq!(settings.endpoint(SECRETS_MANAGER).unwrap().to_string(), "http://127.0.0.1:1/");
        assert_eq!(settings.endpoint(STS).unwrap().to_string(), "http://127.0.0.1:4566/");
    }

    #[test]
    fn without_an_endpoint_aws_is_asked() {
        let settings = settings(&[("AWS_REGION", "eu-central-1")]).unwrap();
        let host = |service| settings.endpoint(service).unwrap().host().unwrap().to_owned();
        assert_eq!(host(SECRETS_MANAGER), "secretsmanager.eu-central-1.amazonaws.com");
        assert_eq!(host(IAM), "iam.amazonaws.com");
        assert_eq!(settings.signing_region(IAM), "us-east-1");
    }

    #[test]
    fn what_is_not_a_url_is_refused() {
        let settings = settings(&[("AWS_REGION", "r"), ("AWS_ENDPOINT_URL", "ftp://x")]).unwrap();
        assert_eq!(settings.endpoint(STS).unwrap_err().fault(), crate::Fault::Settings);
    }

    #[test]
    fn without_a_region_nothing_is_asked() {
        assert_eq!(settings(&[]).unwrap_err().message(), "no Region is set: set AWS_REGION");
    }
}
