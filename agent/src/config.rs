//! What the agent is told: AWS's configuration file, old and new form, and the extension's variables.

mod file;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use strongroom_client::Variables;

use crate::failure::Failure;

/// How secrets are written in answers: the two programs of AWS differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As AWS's Secrets Manager Agent: `CreatedDate` is the text of epoch seconds.
    Agent,
    /// As AWS's Lambda extension: `CreatedDate` is RFC 3339, and there is `ResultMetadata`.
    Extension,
}

/// Everything that can be chosen.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where HTTP is spoken; a loopback address.
    pub listen: SocketAddr,
    /// Where it is spoken, too, to peers that the system names.
    pub unix_socket: Option<PathBuf>,
    /// The Region, if it is not the environment's.
    pub region: Option<String>,
    /// What is logged: `debug`, `info`, `warn`, `error`, `none`.
    pub log_level: String,
    /// What precedes a secret's name in a path; begins and ends with `/`.
    pub path_prefix: String,
    /// How many connections are served at once.
    pub max_connections: usize,
    /// How many roles are assumed at most.
    pub max_roles: usize,
    /// The headers that may carry the token.
    pub token_headers: Vec<String>,
    /// The variables that may hold it, or `file://` and where it is.
    pub token_variables: Vec<String>,
    /// Where the token is if no variable is set; made at the start if it is not there.
    pub token_file: Option<PathBuf>,
    /// Whether the credentials are tried at the start.
    pub validate_credentials: bool,
    /// A shared credentials file to use instead of the environment's.
    pub credentials_file: Option<PathBuf>,
    /// How long a secret is good.
    pub ttl: Duration,
    /// How long a parameter is good.
    pub parameter_ttl: Duration,
    /// How many values are kept; none at 0.
    pub cache_size: usize,
    /// How many bytes they may take together.
    pub cache_bytes: usize,
    /// How long an expired value serves while the service cannot be asked.
    pub max_stale: Duration,
    /// How long the service may take for a secret.
    pub timeout: Duration,
    /// How long it may take for a parameter.
    pub parameter_timeout: Duration,
    /// How many requests are sent to services at once.
    pub upstream_connections: usize,
    /// How secrets are written.
    pub form: Form,
    /// What is fetched at the start.
    pub prefetch: Prefetch,
    /// Clients with a token of their own or known by their user.
    pub clients: Vec<ClientRule>,
    /// Whether changes are followed; `None` is to try it with an endpoint that is not AWS's.
    pub follow_changes: Option<bool>,
    /// Where values are kept, encrypted, for the time of an outage.
    pub disk: Option<DiskCache>,
}

/// What is fetched before anyone asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prefetch {
    /// The part of the cache that may be filled.
    pub buffer_ratio: f64,
    /// The start is delayed by up to so many seconds, by chance.
    pub max_jitter_seconds: u64,
    /// Secrets by name or ARN, and the role to fetch them as.
    pub secrets: Vec<(String, Option<String>)>,
    /// Secrets by tag key, and the role to fetch them as.
    pub filter_tags: Vec<(String, Option<String>)>,
}

/// A client that may read only some secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientRule {
    /// Its name in the log.
    pub name: String,
    /// The file that holds its token.
    pub token_file: Option<PathBuf>,
    /// The user that it runs as, when it comes through the Unix socket.
    pub uid: Option<u32>,
    /// What it may read: names and ARNs with `*`.
    pub allow: Vec<String>,
    /// The roles that it may name.
    pub roles: Vec<String>,
}

/// Where values outlive the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskCache {
    /// The folder; made if it is not there.
    pub folder: PathBuf,
    /// The file with the key, made if it is not there; best not on the same disk.
    pub key_file: PathBuf,
}

/// Reads the file, if one is named, and the variables of AWS's Lambda extension.
///
/// # Errors
/// For unknown keys and values out of range, with the key's name.
pub fn read(path: Option<&Path>, variables: &Variables) -> Result<Config, Failure> {
    let text = match path {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|cause| Failure::new(format!("cannot read {}: {cause}", path.display())))?,
        None => String::new(),
    };
    parse(&text, variables).map_err(|failure| match path {
        Some(path) => {
            Failure { message: format!("{}: {}", path.display(), failure.message), ..failure }
        }
        None => failure,
    })
}

/// The same of a text.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str, variables: &Variables) -> Result<Config, Failure> {
    let file: file::File = toml::from_str(text).map_err(|cause| {
        Failure::new(format!("the configuration cannot be read: {}", cause.to_string().trim_end()))
    })?;
    let mut config = Config::default();
    let extension = Extension::read(variables)?;
    extension.apply(&mut config);
    file.apply(&mut config)?;
    Ok(config)
}

impl Default for Config {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 2773),
            unix_socket: None,
            region: None,
            log_level: "info".to_owned(),
            path_prefix: "/v1/".to_owned(),
            max_connections: 800,
            max_roles: 20,
            token_headers: words(&["X-Aws-Parameters-Secrets-Token", "X-Vault-Token"]),
            token_variables: words(&[
                "AWS_TOKEN",
                "AWS_SESSION_TOKEN",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            ]),
            token_file: None,
            validate_credentials: true,
            credentials_file: None,
            ttl: Duration::from_secs(300),
            parameter_ttl: Duration::from_secs(300),
            cache_size: 1_000,
            cache_bytes: 64 << 20,
            max_stale: Duration::from_secs(3_600),
            // As AWS's agent waits.
            timeout: Duration::from_secs(61),
            parameter_timeout: Duration::from_secs(61),
            upstream_connections: 64,
            form: Form::Agent,
            prefetch: Prefetch { buffer_ratio: 0.8, ..Prefetch::default() },
            clients: Vec::new(),
            follow_changes: None,
            disk: None,
        }
    }
}

/// The variables of AWS's Lambda extension that are set.
struct Extension(BTreeMap<&'static str, u64>, Option<String>);

/// Name, least and greatest value.
const NUMBERS: &[(&str, u64, u64)] = &[
    ("PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE", 0, 1_000),
    ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", 1, 65_535),
    ("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS", 1, 1_000),
    ("SECRETS_MANAGER_TTL", 0, 300),
    ("SSM_PARAMETER_STORE_TTL", 0, 300),
    ("SECRETS_MANAGER_TIMEOUT_MILLIS", 0, 900_000),
    ("SSM_PARAMETER_STORE_TIMEOUT_MILLIS", 0, 900_000),
];
const CACHE_ENABLED: &str = "PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED";
const LOG_LEVEL: &str = "PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL";

impl Extension {
    fn read(variables: &Variables) -> Result<Self, Failure> {
        let mut found = BTreeMap::new();
        for (name, least, greatest) in NUMBERS {
            let Some(text) = variables(name) else { continue };
            let number = text.parse().ok().filter(|number| (least..=greatest).contains(&number));
            let number = number.ok_or_else(|| {
                Failure::new(format!("{name} has to be a number from {least} to {greatest}"))
            })?;
            found.insert(*name, number);
        }
        if let Some(text) = variables(CACHE_ENABLED) {
            let is_on = !text.eq_ignore_ascii_case("false");
            found.insert(CACHE_ENABLED, u64::from(is_on));
        }
        Ok(Self(found, variables(LOG_LEVEL)))
    }

    fn apply(&self, config: &mut Config) {
        let number = |name: &str| self.0.get(name).copied();
        let seconds = |name: &str| number(name).map(Duration::from_secs);
        // 0 is AWS's way to say that it waits for ever; ours ends before anyone has gone home.
        let millis = |name: &str| number(name).filter(|n| *n > 0).map(Duration::from_millis);
        let size = |name: &str| number(name).and_then(|number| usize::try_from(number).ok());
        if let Some(port) = number("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT") {
            config.listen.set_port(u16::try_from(port).unwrap_or(2773));
        }
        set(&mut config.cache_size, size("PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE"));
        if number(CACHE_ENABLED) == Some(0) {
            config.cache_size = 0;
        }
        set(&mut config.upstream_connections, size("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS"));
        set(&mut config.ttl, seconds("SECRETS_MANAGER_TTL"));
        set(&mut config.parameter_ttl, seconds("SSM_PARAMETER_STORE_TTL"));
        set(&mut config.timeout, millis("SECRETS_MANAGER_TIMEOUT_MILLIS"));
        set(&mut config.parameter_timeout, millis("SSM_PARAMETER_STORE_TIMEOUT_MILLIS"));
        set(&mut config.log_level, self.1.as_ref().map(|level| level.to_ascii_lowercase()));
        if self.0.keys().any(|name| name.starts_with("PARAMETERS_SECRETS_")) {
            config.form = Form::Extension;
        }
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

#[cfg(test)]
mod tests;
