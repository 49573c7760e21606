//! The configuration of a server: the settings, read and checked.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::adapters::functions::FunctionSettings;
use crate::authenticate::is_region;
use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::limits::Limits;
use crate::outward::{self, Address, Outward};
use crate::settings::Layers;
use crate::sinks::Spec;
use crate::tls::{Files, Generated};

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Keep nothing.
    pub dev: bool,
    /// Where everything is kept; not used under `dev`.
    pub data: DataDirectory,
    /// Where the API is served.
    pub listen: SocketAddr,
    /// The account that the first start creates.
    pub account: String,
    /// The region that clients are told.
    pub region: String,
    /// The certificate that is shown, if TLS is spoken.
    pub tls: Tls,
    /// What opens the data.
    pub keys: Keys,
    /// How messages leave.
    pub outward: Outward,
    /// Where figures are served.
    pub metrics_listen: Option<SocketAddr>,
    /// What is logged, as `tracing` filters are written.
    pub log_level: String,
    /// Whether logs are JSON.
    pub log_json: bool,
    /// How many days records of calls are kept.
    pub trail_retention_days: u64,
    /// Where else records of calls go.
    pub trail_sinks: Vec<Spec>,
    /// Where changes of secrets are posted.
    pub webhook: Option<Webhook>,
    /// Memory for records read lately, in bytes.
    pub cache_bytes: u64,
    /// How far clients' clocks may be off.
    pub clock_skew_seconds: i64,
    /// How much of everything is taken.
    pub limits: Limits,
    /// Where the keys of identity providers are that cannot be reached.
    pub jwks_file: Option<PathBuf>,
    /// How functions are run.
    pub functions: FunctionSettings,
}

/// Whether and with which certificate TLS is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Plain HTTP.
    Off,
    /// With one of our own making, under the data directory.
    Generated,
    /// With the operator's.
    Files(Files),
}

/// Where changes of secrets are posted, and what signs them.
#[derive(Clone)]
pub struct Webhook {
    /// The address.
    pub address: Address,
    /// The shared secret.
    pub secret: Zeroizing<Vec<u8>>,
}

/// Says where, and no secret.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Where the keys that open the data come from.
#[derive(Clone, Default)]
pub struct Keys {
    /// A key file that was asked for; without one, the one beside the data is taken.
    pub key_file: Option<PathBuf>,
    /// A file with a passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// A passphrase from the environment.
    pub passphrase: Option<Zeroizing<String>>,
    /// A file with a credential.
    pub credential_file: Option<PathBuf>,
    /// A credential from the environment.
    pub credential: Option<Zeroizing<String>>,
}

/// Says which are there, and no key.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("key_file", &self.key_file)
            .field("passphrase_file", &self.passphrase_file)
            .field("credential_file", &self.credential_file)
            .finish_non_exhaustive()
    }
}

/// Reads the configuration out of what was given.
///
/// # Errors
/// Names the key, its value and where that stands.
pub fn read(
    layers: &Layers,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Config, Failure> {
    let data_dir = layers.read("data_dir", |text| Ok(PathBuf::from(text)))?.unwrap_or_default();
    let config = Config {
        dev: layers.is_on("dev")?,
        data: DataDirectory::new(data_dir.clone()),
        listen: required(layers.read("listen", address)?, "listen")?,
        account: required(layers.read("account_id", account)?, "account_id")?,
        region: required(layers.read("region", region)?, "region")?,
        tls: tls(layers)?,
        keys: keys(layers, &environment)?,
        outward: outward::read(layers)?,
        metrics_listen: layers.read("metrics_listen", address)?,
        log_level: required(layers.read("log_level", log_filter)?, "log_level")?,
        log_json: required(layers.read("log_format", log_format)?, "log_format")?,
        trail_retention_days: whole(layers, "trail_retention_days", 1..=36_500)?,
        trail_sinks: layers.read("trail_sinks", Spec::parse_all)?.unwrap_or_default(),
        webhook: webhook(layers, &environment)?,
        cache_bytes: whole(layers, "cache_mib", 1..=1 << 20)? << 20,
        clock_skew_seconds: whole(layers, "clock_skew_seconds", 1..=86_400)? as i64,
        limits: limits(layers)?,
        jwks_file: layers.read("jwks_file", |text| Ok(PathBuf::from(text)))?,
        functions: functions(layers, data_dir)?,
    };
    check_exposure(layers, &config)?;
    Ok(config)
}

impl Config {
    /// The certificate files to serve with, if TLS is spoken.
    #[must_use]
    pub fn certificate(&self) -> Option<Files> {
        match &self.tls {
            Tls::Off => None,
            Tls::Generated => Some(Generated::in_folder(&self.data.tls()).server),
            Tls::Files(files) => Some(files.clone()),
        }
    }

    /// The authority behind a certificate of our own making, which clients have to be told of.
    #[must_use]
    pub fn private_authority(&self) -> Option<PathBuf> {
        match &self.tls {
            Tls::Generated => Some(Generated::in_folder(&self.data.tls()).authority),
            Tls::Off | Tls::Files(_) => None,
        }
    }

    /// How a client on this machine reaches a server that listens on `address`.
    #[must_use]
    pub fn endpoint(&self, address: SocketAddr) -> String {
        let scheme = if self.tls == Tls::Off { "http" } else { "https" };
        let mut address = address;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        format!("{scheme}://{address}")
    }
}

fn webhook(
    layers: &Layers,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<Webhook>, Failure> {
    let Some(address) = layers.read("webhook_url", Address::parse)? else { return Ok(None) };
    let file = layers.read("webhook_secret_file", |text| Ok(PathBuf::from(text)))?;
    let secret = match file {
        Some(path) => {
            let text = std::fs::read_to_string(&path);
            Some(text.map_err(|cause| Failure::of_file("read", &path, &cause))?)
        }
        None => environment("STRONGROOM_WEBHOOK_SECRET"),
    };
    let secret = secret.map(|secret| Zeroizing::new(secret.trim_end().as_bytes().to_vec()));
    match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) => Ok(Some(Webhook { address, secret })),
        None => Err(Failure::new("webhook_url needs a secret that signs what is posted")
            .hint("set webhook_secret_file or STRONGROOM_WEBHOOK_SECRET")),
    }
}

fn required<T>(value: Option<T>, key: &str) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::new(format!("{key} is not set")))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let text = text.replace("localhost:", "127.0.0.1:");
    text.parse().map_err(|_| "expected an address and a port, such as 127.0.0.1:4566".to_owned())
}

/// An account id: 12 digits.
///
/// # Errors
/// What was expected.
pub fn account(text: &str) -> Result<String, String> {
    let is_one = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| text.to_owned()).ok_or_else(|| "expected 12 digits".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    let expected = || "expected a region, such as eu-central-1".to_owned();
    is_region(text).then(|| text.to_owned()).ok_or_else(expected)
}

fn log_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|_| "expected error, warn, info, debug, trace or a filter".to_owned())
}

fn log_format(text: &str) -> Result<bool, String> {
    match text {
        "text" => Ok(false),
        "json" => Ok(true),
        _ => Err("expected text or json".to_owned()),
    }
}

fn whole(layers: &Layers, key: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64, Failure> {
    let parse = |text: &str| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("expected a number from {} to {}", range.start(), range.end()))
    };
    required(layers.read(key, parse)?, key)
}

fn limits(layers: &Layers) -> Result<Limits, Failure> {
    let seconds = |key| whole(layers, key, 1..=86_400).map(Duration::from_secs);
    Ok(Limits {
        connections: whole(layers, "max_connections", 1..=1 << 20)? as usize,
        body_bytes: whole(layers, "max_body_bytes", 1 << 10..=1 << 30)? as usize,
        head_patience: seconds("head_seconds")?,
        body_patience: seconds("body_seconds")?,
        idle_patience: seconds("idle_seconds")?,
        drain_patience: seconds("drain_seconds")?,
        ..Limits::default()
    })
}

fn functions(layers: &Layers, data_dir: PathBuf) -> Result<FunctionSettings, Failure> {
    let text = |key| required(layers.read(key, |text| Ok(text.to_owned()))?, key);
    let folder = layers.read("lambda_dir", |text| Ok(PathBuf::from(text)))?;
    Ok(FunctionSettings {
        python: text("lambda_python")?,
        node: text("lambda_node")?,
        unsandboxed: layers.is_on("lambda_unsandboxed")?,
        most: whole(layers, "lambda_concurrency", 1..=10_000)? as u32,
        folder: folder.unwrap_or_else(std::env::temp_dir),
        hidden: data_dir,
    })
}

fn tls(layers: &Layers) -> Result<Tls, Failure> {
    let path = |key| layers.read(key, |text| Ok(PathBuf::from(text)));
    match (path("tls_cert")?, path("tls_key")?) {
        (Some(certificate), Some(key)) => Ok(Tls::Files(Files { certificate, key })),
        (None, None) if layers.is_on("tls")? => Ok(Tls::Generated),
        (None, None) => Ok(Tls::Off),
        (certificate, _) => {
            let (has, lacks) = if certificate.is_some() {
                ("tls_cert", "tls_key")
            } else {
                ("tls_key", "tls_cert")
            };
            Err(Failure::new(format!("{has} is set and {lacks} is not")).hint("set both"))
        }
    }
}

fn keys(layers: &Layers, environment: impl Fn(&str) -> Option<String>) -> Result<Keys, Failure> {
    let path = |key| layers.read(key, |text| Ok(PathBuf::from(text)));
    let secret = |name: &str| environment(name).filter(|text| !text.is_empty()).map(Zeroizing::new);
    // systemd hands credentials over as files in a folder of their own.
    let handed_over = environment("CREDENTIALS_DIRECTORY")
        .map(|folder| Path::new(&folder).join("strongroom-root-key"))
        .filter(|file| file.exists());
    Ok(Keys {
        key_file: path("key_file")?,
        passphrase_file: path("passphrase_file")?,
        passphrase: secret("STRONGROOM_PASSPHRASE"),
        credential_file: path("credential_file")?.or(handed_over),
        credential: secret("STRONGROOM_CREDENTIAL"),
    })
}

/// Signatures keep a caller's key to himself; what is asked and answered needs TLS.
fn check_exposure(layers: &Layers, config: &Config) -> Result<(), Failure> {
    let is_local = config.listen.ip().is_loopback();
    if is_local || config.tls != Tls::Off || layers.is_on("allow_plain_http")? {
        return Ok(());
    }
    let refused = "secrets would cross the network in the clear";
    let failure = layers.given("listen").map(|given| given.refuse(refused));
    let failure = failure.unwrap_or_else(|| Failure::new(refused));
    Err(failure.hint("give --tls, or --tls-cert and --tls-key; or say --allow-plain-http"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    fn config(flags: &[(&'static str, &str)]) -> Result<Config, Failure> {
        let flag = |key: &str| {
            flags.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        };
        read(&Layers::gather(flag, |_| None, None)?, |_| None)
    }

    #[test]
    fn the_defaults_are_a_local_server() {
        let config = config(&[]).unwrap();
        assert_eq!(config.endpoint(config.listen), "http://127.0.0.1:4566");
        assert_eq!(
            (config.account.as_str(), config.region.as_str()),
            ("123456789012", "us-east-1")
        );
        assert_eq!(config.limits.body_bytes, Limits::default().body_bytes);
        assert_eq!(config.limits.connections, Limits::default().connections);
    }

    #[test]
    fn plain_http_beyond_this_machine_has_to_be_asked_for() {
        let listen = ("listen", "0.0.0.0:4566");
        let refused = config(&[listen]).unwrap_err();
        assert!(refused.message().starts_with("listen = \"0.0.0.0:4566\" (flag --listen)"));
        assert!(config(&[listen, ("allow_plain_http", "true")]).is_ok());
        assert!(config(&[listen, ("tls", "true")]).is_ok());
    }

    #[test]
    fn values_that_cannot_be_are_refused_by_name() {
        for (key, value) in [
            ("listen", "nowhere"),
            ("account_id", "12345"),
            ("region", "Frankfurt"),
            ("log_format", "xml"),
            ("log_level", "strongroom=loud"),
            ("max_connections", "0"),
            ("cache_mib", "-1"),
            ("dev", "perhaps"),
        ] {
            let failure = config(&[(key, value)]).unwrap_err();
            let expected = format!("{key} = {value:?} (flag --");
            assert!(failure.message().starts_with(&expected), "{failure}");
        }
    }

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        let failure = config(&[("tls_cert", "a.pem")]).unwrap_err();
        assert_eq!(failure.message(), "tls_cert is set and tls_key is not");
    }
}
