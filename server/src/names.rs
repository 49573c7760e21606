//! How this server is called: what hosts sign names it, so it has to know.

use std::sync::{Arc, OnceLock};

use http::Uri;
use http::uri::Authority;
use strongroom_api::Source;
use strongroom_hosts::ports::Names;

use crate::certificate::Certificate;

/// The names of this server: that of `public_url`, those in its certificate, and on this machine those
/// of the machine itself.
///
/// No other name is believed: a server in between, which a host took for this one under another name,
/// could write whatever it likes into the requests that it passes on.
#[derive(Default)]
pub struct ServerNames {
    /// Scheme and host.
    public: Option<(String, String)>,
    certificate: OnceLock<Arc<Certificate>>,
}

impl ServerNames {
    /// Those of a server that others reach at `public_url`.
    #[must_use]
    pub fn new(public_url: Option<&str>) -> Self {
        let url = public_url.and_then(|url| url.parse::<Uri>().ok());
        let public = url.and_then(|url| Some((url.scheme_str()?.to_owned(), plain(url.host()?))));
        Self { public, certificate: OnceLock::new() }
    }

    /// The certificate that connections are shown.
    pub fn tell(&self, certificate: Arc<Certificate>) {
        let _told_before = self.certificate.set(certificate);
    }

    fn is_certified(&self, host: &str) -> bool {
        let names = self.certificate.get().map(|certificate| certificate.names());
        names.is_some_and(|names| names.iter().any(|name| covers(name, host)))
    }
}

impl Names for ServerNames {
    fn origin(&self, source: &Source<'_>) -> Option<String> {
        let host = plain(source.host?.parse::<Authority>().ok()?.host());
        let public = self.public.as_ref().filter(|(_, name)| *name == host);
        let scheme = match (source.tls, public) {
            (Some(_), public) if public.is_some() || self.is_certified(&host) => "https",
            // Somebody else speaks TLS in front of this server.
            (None, Some((scheme, _))) => scheme,
            (None, None) if is_here(&host) && is_here(source.address) => "http",
            _ => return None,
        };
        Some(format!("{scheme}://{host}"))
    }
}

fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a host or address is this machine.
fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Whether a name in a certificate stands for `host`; `*` stands for one label.
fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest == domain),
        None => name == host,
    }
}

#[cfg(test)]
mod tests {
    use strongroom_api::Tls;

    use super::{Names as _, ServerNames, Source, covers};

    const TLS: Option<Tls<'static>> = Some(Tls { version: "TLSv1.3", cipher: "x" });

    fn origin(names: &ServerNames, host: &str, address: &str, tls: bool) -> Option<String> {
        let tls = TLS.filter(|_| tls);
        names.origin(&Source { address, host: Some(host), tls, ..Source::default() })
    }

    #[test]
    fn only_names_that_are_known_to_be_ours_are_believed() {
        let names = ServerNames::new(Some("https://secrets.example.com/base"));
        let public = Some("https://secrets.example.com".to_owned());
        assert_eq!(origin(&names, "Secrets.Example.com.:443", "10.0.0.1", true), public);
        // Behind a proxy.
        assert_eq!(origin(&names, "secrets.example.com", "10.0.0.1", false), public);
        for other in ["evil.example", "secrets.example.com.evil.example", "", "a b", "10.0.0.7"] {
            assert_eq!(origin(&names, other, "10.0.0.1", true), None, "{other}");
            assert_eq!(origin(&names, other, "127.0.0.1", false), None, "{other}");
        }
    }

    #[test]
    fn this_machine_is_only_called_so_by_itself() {
        let names = ServerNames::default();
        for host in ["localhost:4566", "127.0.0.1", "[::1]:4566"] {
            assert!(origin(&names, host, "127.0.0.1", false).is_some(), "{host}");
            assert!(origin(&names, host, "::1", false).is_some(), "{host}");
            assert_eq!(origin(&names, host, "10.0.0.1", false), None, "{host}");
            assert_eq!(origin(&names, host, "127.0.0.1", true), None, "{host}: not certified");
        }
    }

    #[test]
    fn a_star_stands_for_one_label() {
        assert!(covers("*.example.com", "a.example.com"));
        for host in ["example.com", "a.b.example.com", "aexample.com", "a.example.com.evil"] {
            assert!(!covers("*.example.com", host), "{host}");
        }
    }
}
