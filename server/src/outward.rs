//! How messages leave: the settings for it, and what they come to.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use strongroom_outbound::{Limits, Networks, Outbound, Roots};
use zeroize::Zeroizing;

use crate::deliveries::Figures;
use crate::failure::Failure;
use crate::settings::Layers;

/// How messages leave.
#[derive(Clone, Debug, Default)]
pub struct Outward {
    /// How others reach this server, if that is not where it listens; without a slash at the end.
    pub public_url: Option<String>,
    /// Networks that are not public to which messages may go.
    pub allowed: Networks,
    /// A file with further authorities.
    pub authorities: Option<PathBuf>,
    /// The relay that mails are handed to.
    pub mail: Option<Relay>,
}

/// A relay for mails.
#[derive(Clone)]
pub struct Relay {
    /// Its URL, with a password perhaps.
    pub url: Zeroizing<String>,
    /// The address that mails are sent from.
    pub from: String,
}

/// Says who sends, and no password.
impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("from", &self.from).finish_non_exhaustive()
    }
}

/// Reads the settings.
///
/// # Errors
/// Names the key, its value and where that stands.
pub fn read(layers: &Layers) -> Result<Outward, Failure> {
    let mut allowed: Networks = layers.read("allowed_networks", str::parse)?.unwrap_or_default();
    if layers.is_on("dev")? {
        allowed = allowed.and(Networks::loopback());
    }
    let mail = match (layers.given("smtp_url"), layers.read("smtp_from", address)?) {
        (None, _) => None,
        (Some(_), None) => {
            return Err(Failure::new("smtp_url is set and smtp_from is not").hint("set both"));
        }
        (Some(url), Some(from)) => Some(Relay { url: Zeroizing::new(url.text), from }),
    };
    Ok(Outward {
        public_url: layers.read("public_url", base_url)?,
        allowed,
        authorities: layers.read("outbound_ca", |text| Ok(PathBuf::from(text)))?,
        mail,
    })
}

/// The way out of this server, made when it is first taken: most servers never send anything, and the
/// authorities of a machine take a while to read.
pub struct Exit {
    settings: Outward,
    client: OnceLock<Outbound>,
    /// The same for places that the operator has named, wherever they are.
    to_named: OnceLock<Outbound>,
    /// Where this server is reached, once it listens.
    pub endpoint: Arc<OnceLock<String>>,
    /// What came of deliveries.
    pub deliveries: Arc<Figures>,
}

impl Exit {
    /// The way out that `settings` describe.
    ///
    /// # Errors
    /// For the operator: a file of authorities that cannot be used.
    pub fn new(settings: Outward) -> Result<Self, Failure> {
        let exit = Self {
            settings,
            client: OnceLock::new(),
            to_named: OnceLock::new(),
            endpoint: Arc::default(),
            deliveries: Arc::default(),
        };
        if exit.settings.authorities.is_some() {
            exit.client()?;
        }
        Ok(exit)
    }

    /// The client for HTTP to places that somebody else has named.
    ///
    /// # Errors
    /// For the operator: a file of authorities that cannot be used.
    pub fn client(&self) -> Result<&Outbound, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.settings.client(self.settings.allowed.clone())?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Posts `body` to a place that the operator has named, and tells the status.
    ///
    /// # Errors
    /// For the operator: why there was no answer.
    pub async fn post(
        &self,
        address: &Address,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<StatusCode, String> {
        const USER_AGENT: (&str, &str) =
            ("user-agent", concat!("strongroom/", env!("CARGO_PKG_VERSION")));
        let headers: Vec<_> = headers.iter().copied().chain([USER_AGENT]).collect();
        let client = self.to_named().map_err(|failure| failure.to_string())?;
        let limits = Limits { patience: PATIENCE, ..Limits::default() };
        let answer = client.post(&address.0, &headers, Bytes::from(body), &limits).await;
        answer.map(|answer| answer.status).map_err(|fault| fault.to_string())
    }

    fn to_named(&self) -> Result<&Outbound, Failure> {
        if let Some(client) = self.to_named.get() {
            return Ok(client);
        }
        let client = self.settings.client(Networks::everywhere())?;
        Ok(self.to_named.get_or_init(|| client))
    }
}

/// How long a place of the operator's may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A place that the operator has named: an `http` or `https` URL.
#[derive(Clone, Debug)]
pub struct Address(String);

impl Address {
    /// Reads one.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        match Outbound::can_use(text) {
            true => Ok(Self(text.to_owned())),
            false => Err("expected a URL such as https://host/path".to_owned()),
        }
    }
}

impl Outward {
    fn client(&self, allowed: Networks) -> Result<Outbound, Failure> {
        let mut roots = Roots::of_system();
        if let Some(path) = &self.authorities {
            let pem =
                std::fs::read(path).map_err(|cause| Failure::of_file("read", path, &cause))?;
            roots = roots.and_pem(&pem).map_err(|cause| {
                Failure::new(format!("{}: {cause}", path.display()))
                    .hint("`outbound_ca` takes a PEM file with certificates of authorities")
            })?;
        }
        Outbound::new(roots, allowed)
            .map_err(|cause| Failure::new(format!("no client for HTTPS can be made: {cause}")))
    }
}

fn base_url(text: &str) -> Result<String, String> {
    let expected = || "expected a URL such as https://secrets.example.com".to_owned();
    let trimmed = text.trim_end_matches('/');
    let url: http::Uri = trimmed.parse().map_err(|_| expected())?;
    let is_plain = matches!(url.scheme_str(), Some("http" | "https"))
        && url.host().is_some_and(|host| !host.is_empty())
        && url.query().is_none()
        && !trimmed.contains(['@', '"', '<', '>', '#']);
    is_plain.then(|| trimmed.to_owned()).ok_or_else(expected)
}

fn address(text: &str) -> Result<String, String> {
    let parsed = text.parse::<lettre::Address>();
    parsed
        .map(|_| text.to_owned())
        .map_err(|_| "expected an address such as a@b.example".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn outward(flags: &[(&'static str, &str)]) -> Result<Outward, Failure> {
        let flag = |key: &str| {
            flags.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        };
        read(&Layers::gather(flag, |_| None, None)?)
    }

    #[test]
    fn values_that_cannot_be_are_refused_by_name() {
        for (key, value) in [
            ("public_url", "secrets.example.com"),
            ("public_url", "https://a/?b"),
            ("allowed_networks", "inside"),
            ("smtp_from", "nobody"),
        ] {
            let failure = outward(&[(key, value)]).unwrap_err();
            assert!(failure.message().starts_with(&format!("{key} = {value:?}")), "{failure}");
        }
        let failure = outward(&[("smtp_url", "smtp://localhost")]).unwrap_err();
        assert_eq!(failure.message(), "smtp_url is set and smtp_from is not");
    }

    #[test]
    fn this_machine_is_inside_unless_it_is_for_development() {
        let here = "127.0.0.1".parse().unwrap();
        assert!(!outward(&[]).unwrap().allowed.contain(here));
        assert!(outward(&[("dev", "true")]).unwrap().allowed.contain(here));
        let url = outward(&[("public_url", "https://a.example/sns/")]).unwrap().public_url;
        assert_eq!(url.as_deref(), Some("https://a.example/sns"));
    }

    #[test]
    fn a_place_of_the_operators_is_a_web_url_and_nothing_else() {
        for right in ["https://hooks.example.com/a?b=c", "http://[::1]:8080", "http://10.0.0.1/"] {
            assert!(Address::parse(right).is_ok(), "{right}");
        }
        for wrong in ["", "ftp://a", "/path", "https://", "mailto:a@b"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
