//! The configuration file: the flat keys of AWS's agent, the tables of its successor, and ours.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::{ClientRule, Config, DiskCache, Form, set};
use crate::failure::Failure;

/// All keys, each of which may be missing.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    log_level: Option<String>,
    log_to_file: Option<bool>,
    http_port: Option<i64>,
    region: Option<String>,
    ttl_seconds: Option<i64>,
    cache_size: Option<i64>,
    ssrf_headers: Option<Vec<String>>,
    ssrf_env_variables: Option<Vec<String>>,
    path_prefix: Option<String>,
    max_conn: Option<i64>,
    max_roles: Option<i64>,
    ignore_transient_errors: Option<bool>,
    validate_credentials: Option<bool>,
    credentials_file_path: Option<PathBuf>,
    logging: Option<Logging>,
    capabilities: Option<Capabilities>,
    // Ours.
    unix_socket: Option<PathBuf>,
    token_file: Option<PathBuf>,
    parameter_ttl_seconds: Option<i64>,
    cache_bytes: Option<i64>,
    max_stale_seconds: Option<i64>,
    timeout_millis: Option<i64>,
    extension: Option<bool>,
    follow_changes: Option<bool>,
    disk_cache: Option<Disk>,
    clients: Vec<Client>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Logging {
    log_level: Option<String>,
    log_to_file: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Capabilities {
    secrets_manager: Option<SecretsManager>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct SecretsManager {
    enabled: Option<bool>,
    http_port: Option<i64>,
    region: Option<String>,
    path_prefix: Option<String>,
    max_conn: Option<i64>,
    max_roles: Option<i64>,
    ignore_transient_errors: Option<bool>,
    validate_credentials: Option<bool>,
    credentials_file_path: Option<PathBuf>,
    cache: Option<Cache>,
    security: Option<Security>,
    prefetch: Option<PrefetchTable>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Cache {
    ttl_seconds: Option<i64>,
    cache_size: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Security {
    ssrf_headers: Option<Vec<String>>,
    ssrf_env_variables: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct PrefetchTable {
    cache_buffer_ratio: Option<f64>,
    max_jitter_seconds: Option<i64>,
    secrets: Vec<PrefetchedSecret>,
    filter_tags: Vec<PrefetchedTag>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrefetchedSecret {
    secret_id: String,
    role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrefetchedTag {
    key: String,
    role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disk {
    folder: PathBuf,
    key_file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    name: String,
    token_file: Option<PathBuf>,
    uid: Option<u32>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
}

impl File {
    /// Puts what the file says over what is there.
    pub(super) fn apply(self, config: &mut Config) -> Result<(), Failure> {
        let flat = SecretsManager {
            enabled: None,
            http_port: self.http_port,
            region: self.region,
            path_prefix: self.path_prefix,
            max_conn: self.max_conn,
            max_roles: self.max_roles,
            ignore_transient_errors: self.ignore_transient_errors,
            validate_credentials: self.validate_credentials,
            credentials_file_path: self.credentials_file_path,
            cache: Some(Cache { ttl_seconds: self.ttl_seconds, cache_size: self.cache_size }),
            security: Some(Security {
                ssrf_headers: self.ssrf_headers,
                ssrf_env_variables: self.ssrf_env_variables,
            }),
            prefetch: None,
        };
        flat.apply(config)?;
        let logging = Logging { log_level: self.log_level, log_to_file: self.log_to_file };
        for logging in [Some(logging), self.logging].into_iter().flatten() {
            logging.apply(config)?;
        }
        if let Some(nested) = self.capabilities.and_then(|all| all.secrets_manager) {
            nested.apply(config)?;
        }
        config.unix_socket = self.unix_socket;
        config.token_file = self.token_file;
        let seconds = |name, value, range| number(name, value, range).map(as_seconds);
        let ttl = seconds("parameter_ttl_seconds", self.parameter_ttl_seconds, 0..=3_600)?;
        set(&mut config.parameter_ttl, ttl);
        let bytes = number("cache_bytes", self.cache_bytes, 1 << 16..=1 << 32)?;
        set(&mut config.cache_bytes, bytes.and_then(|bytes| usize::try_from(bytes).ok()));
        let stale = seconds("max_stale_seconds", self.max_stale_seconds, 0..=604_800)?;
        set(&mut config.max_stale, stale);
        let timeout = number("timeout_millis", self.timeout_millis, 1..=900_000)?;
        if let Some(timeout) = timeout.map(Duration::from_millis) {
            (config.timeout, config.parameter_timeout) = (timeout, timeout);
        }
        if let Some(extension) = self.extension {
            config.form = if extension { Form::Extension } else { Form::Agent };
        }
        config.follow_changes = self.follow_changes;
        config.disk =
            self.disk_cache.map(|disk| DiskCache { folder: disk.folder, key_file: disk.key_file });
        config.clients = self.clients.into_iter().map(Client::rule).collect::<Result<_, _>>()?;
        Ok(())
    }
}

impl Logging {
    fn apply(self, config: &mut Config) -> Result<(), Failure> {
        // AWS's agent writes to a file of its own; ours leaves keeping the log to the system.
        let _where_to = self.log_to_file;
        let Some(level) = self.log_level.map(|level| level.to_ascii_lowercase()) else {
            return Ok(());
        };
        if !["debug", "info", "warn", "error", "none"].contains(&level.as_str()) {
            return Err(Failure::new("log_level has to be debug, info, warn, error or none"));
        }
        config.log_level = level;
        Ok(())
    }
}

impl SecretsManager {
    fn apply(self, config: &mut Config) -> Result<(), Failure> {
        if self.enabled == Some(false) {
            return Err(Failure::new("capabilities.secrets_manager is not enabled"));
        }
        if let Some(port) = number("http_port", self.http_port, 1_024..=65_535)? {
            config.listen.set_port(u16::try_from(port).unwrap_or_default());
        }
        config.region = self.region.or(config.region.take());
        if let Some(prefix) = self.path_prefix {
            if !prefix.starts_with('/') || !prefix.ends_with('/') {
                return Err(Failure::new("path_prefix has to begin and end with /"));
            }
            config.path_prefix = prefix;
        }
        let size = |name, value, range| -> Result<Option<usize>, Failure> {
            Ok(number(name, value, range)?.and_then(|value| usize::try_from(value).ok()))
        };
        set(&mut config.max_connections, size("max_conn", self.max_conn, 1..=1_000)?);
        set(&mut config.max_roles, size("max_roles", self.max_roles, 1..=20)?);
        if self.ignore_transient_errors == Some(false) {
            config.max_stale = Duration::ZERO;
        }
        set(&mut config.validate_credentials, self.validate_credentials);
        config.credentials_file = self.credentials_file_path.or(config.credentials_file.take());
        let cache = self.cache.unwrap_or_default();
        let ttl = number("ttl_seconds", cache.ttl_seconds, 0..=3_600).map(as_seconds)?;
        set(&mut config.ttl, ttl);
        set(&mut config.cache_size, size("cache_size", cache.cache_size, 1..=1_000)?);
        let security = self.security.unwrap_or_default();
        set(&mut config.token_headers, security.ssrf_headers);
        set(&mut config.token_variables, security.ssrf_env_variables);
        match self.prefetch {
            Some(prefetch) => prefetch.apply(config),
            None => Ok(()),
        }
    }
}

impl PrefetchTable {
    fn apply(self, config: &mut Config) -> Result<(), Failure> {
        if let Some(ratio) = self.cache_buffer_ratio {
            if !(0.1..=1.0).contains(&ratio) {
                return Err(Failure::new("cache_buffer_ratio has to be from 0.1 to 1.0"));
            }
            config.prefetch.buffer_ratio = ratio;
        }
        let jitter = number("max_jitter_seconds", self.max_jitter_seconds, 0..=10)?;
        set(&mut config.prefetch.max_jitter_seconds, jitter);
        config.prefetch.secrets =
            self.secrets.into_iter().map(|one| (one.secret_id, one.role_arn)).collect();
        config.prefetch.filter_tags =
            self.filter_tags.into_iter().map(|one| (one.key, one.role_arn)).collect();
        Ok(())
    }
}

impl Client {
    fn rule(self) -> Result<ClientRule, Failure> {
        if self.token_file.is_none() && self.uid.is_none() {
            return Err(Failure::new(format!(
                "the client {} has neither token_file nor uid",
                self.name
            )));
        }
        Ok(ClientRule {
            name: self.name,
            token_file: self.token_file,
            uid: self.uid,
            allow: self.allow,
            roles: self.roles,
        })
    }
}

fn number(
    name: &str,
    value: Option<i64>,
    range: RangeInclusive<u64>,
) -> Result<Option<u64>, Failure> {
    let Some(value) = value else { return Ok(None) };
    match u64::try_from(value).ok().filter(|value| range.contains(value)) {
        Some(value) => Ok(Some(value)),
        None => {
            Err(Failure::new(format!("{name} has to be from {} to {}", range.start(), range.end())))
        }
    }
}

fn as_seconds(value: Option<u64>) -> Option<Duration> {
    value.map(Duration::from_secs)
}
