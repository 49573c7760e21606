//! Everything that can be set, in one table, and where a value was taken from.
//!
//! A setting is given as a flag, in the environment, or in a TOML file, and the first of these that
//! has it wins. The flag of `data_dir` is `--data-dir`, its variable `STRONGROOM_DATA_DIR`, its line in
//! the file `data_dir = "…"`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::failure::Failure;

/// One thing that can be set.
#[derive(Debug)]
pub struct Setting {
    /// Its name in a configuration file.
    pub key: &'static str,
    /// What stands for its value in the help; empty for a switch.
    pub value: &'static str,
    /// What is taken if it is not given; empty if that depends on other things.
    pub default: &'static str,
    /// What it is, for people.
    pub help: &'static str,
}

const fn setting(
    key: &'static str,
    value: &'static str,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key, value, default, help }
}

/// Every setting, in the order of the help.
pub const SETTINGS: &[Setting] = &[
    setting("data_dir", "DIR", "./strongroom-data", "Where everything is kept"),
    setting(
        "listen",
        "ADDR:PORT",
        "127.0.0.1:4566",
        "Where the API is served; port 0 takes a free one",
    ),
    setting("account_id", "ID", "123456789012", "The account that the first start creates"),
    setting(
        "region",
        "NAME",
        "us-east-1",
        "The region that clients are told; others are served, too",
    ),
    setting("dev", "", "", "Keep everything in memory; access key `test`, secret `test`"),
    setting(
        "tls",
        "",
        "",
        "Serve HTTPS with a certificate of our own making (see `strongroom tls init`)",
    ),
    setting("tls_cert", "FILE", "", "Serve HTTPS with this certificate chain (PEM)"),
    setting("tls_key", "FILE", "", "The private key of the certificate (PEM)"),
    setting("allow_plain_http", "", "", "Serve plain HTTP beyond this machine"),
    setting(
        "key_file",
        "FILE",
        "",
        "The key that opens the data [default: <DIR>.key, beside the data]",
    ),
    setting(
        "passphrase_file",
        "FILE",
        "",
        "A passphrase that opens the data (or set STRONGROOM_PASSPHRASE)",
    ),
    setting(
        "credential_file",
        "FILE",
        "",
        "A credential that opens the data (or set STRONGROOM_CREDENTIAL)",
    ),
    setting(
        "public_url",
        "URL",
        "",
        "How others reach this server, for links in messages and for hosts that join [default: where it listens]",
    ),
    setting(
        "allowed_networks",
        "NETWORKS",
        "",
        "Networks that are not public to which messages may go: 10.0.0.0/8,fd00::/8",
    ),
    setting(
        "outbound_ca",
        "FILE",
        "",
        "Authorities (PEM) that endpoints may be certified by, beside those of this machine",
    ),
    setting(
        "smtp_url",
        "URL",
        "",
        "The relay that mails are handed to: smtps://USER:PASSWORD@HOST",
    ),
    setting("smtp_from", "ADDRESS", "", "The address that mails are sent from"),
    setting(
        "metrics_listen",
        "ADDR:PORT",
        "",
        "Where Prometheus may read /_strongroom/metrics [default: nowhere]",
    ),
    setting(
        "log_level",
        "LEVEL",
        "info",
        "error, warn, info, debug, trace, or a filter as RUST_LOG takes it",
    ),
    setting("log_format", "FORMAT", "text", "text or json"),
    setting(
        "trail_retention_days",
        "DAYS",
        "365",
        "How long records of calls are kept; AWS's look-ups reach 90 days back",
    ),
    setting(
        "trail_sinks",
        "SINKS",
        "",
        "Where else records of calls go: file:PATH, syslog+tcp://HOST:PORT, syslog+udp://HOST:PORT, \
         syslog+unix:PATH, http(s)://..., otlp+http(s)://..., each with ,full=block or ,full=drop \
         (calls fail, or records are passed over, when it is behind by ,spool=RECORDS)",
    ),
    setting("webhook_url", "URL", "", "Where changes of secrets are posted"),
    setting(
        "webhook_secret_file",
        "FILE",
        "",
        "The secret that signs what is posted there (or set STRONGROOM_WEBHOOK_SECRET)",
    ),
    setting("cache_mib", "MIB", "48", "Memory for records read lately"),
    setting("max_connections", "COUNT", "8192", "Connections open at once"),
    setting("max_body_bytes", "BYTES", "1048576", "The largest request body"),
    setting("head_seconds", "SECONDS", "20", "How long a request's headers may take to arrive"),
    setting("body_seconds", "SECONDS", "30", "How long a request's body may take to arrive"),
    setting("idle_seconds", "SECONDS", "180", "How long a connection may do nothing"),
    setting(
        "drain_seconds",
        "SECONDS",
        "30",
        "How long requests may take to finish when the server stops",
    ),
    setting(
        "jwks_file",
        "FILE",
        "",
        "Keys of identity providers that cannot be reached: JSON, issuer to JWK Set",
    ),
    setting("clock_skew_seconds", "SECONDS", "300", "How far a client's clock may be off"),
    setting(
        "lambda_python",
        "PROGRAM",
        "python3",
        "The Python that runs functions, with boto3 (and awslambdaric) installed",
    ),
    setting("lambda_node", "PROGRAM", "node", "The Node.js that runs functions"),
    setting("lambda_concurrency", "COUNT", "64", "Functions that may run at once"),
    setting(
        "lambda_dir",
        "DIR",
        "",
        "Where functions' code is unpacked [default: the machine's folder for temporary files]",
    ),
    setting("lambda_unsandboxed", "", "", "Run functions even where nothing contains them"),
];

impl Setting {
    /// `--data-dir` without the dashes.
    #[must_use]
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// `STRONGROOM_DATA_DIR`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("STRONGROOM_{}", self.key.to_uppercase())
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// The environment.
    Environment,
    /// A line of a file.
    File(PathBuf, usize),
    /// The table above.
    Default,
}

/// A value as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its key.
    pub key: &'static str,
    /// The value, as text.
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// All that was given.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    found: BTreeMap<&'static str, Given>,
}

impl Layers {
    /// Puts flags over the environment over the file that `--config` (or its variable) names.
    ///
    /// # Errors
    /// A file that cannot be read, is no TOML, or has unknown keys; with the line.
    pub fn gather(
        flags: impl Fn(&str) -> Option<String>,
        environment: impl Fn(&str) -> Option<String>,
        file: Option<&Path>,
    ) -> Result<Self, Failure> {
        let mut found = match file {
            Some(path) => read_file(path)?,
            None => BTreeMap::new(),
        };
        for setting in SETTINGS {
            let given = |text, origin| Given { key: setting.key, text, origin };
            let variable = environment(&setting.variable()).filter(|text| !text.is_empty());
            let flag = flags(setting.key).map(|text| given(text, Origin::Flag));
            let over = flag.or_else(|| variable.map(|text| given(text, Origin::Environment)));
            if let Some(over) = over {
                found.insert(setting.key, over);
            }
        }
        Ok(Self { found })
    }

    /// What was given for `key`, or its default if that is a value.
    #[must_use]
    pub fn given(&self, key: &str) -> Option<Given> {
        if let Some(given) = self.found.get(key) {
            return Some(given.clone());
        }
        let setting = SETTINGS.iter().find(|setting| setting.key == key)?;
        let text = setting.default.to_owned();
        (!text.is_empty()).then_some(Given { key: setting.key, text, origin: Origin::Default })
    }

    /// What was given for `key`, read by `parse`, which says what it expected instead.
    ///
    /// # Errors
    /// Names the key, the value and where it stands.
    pub fn read<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        let Some(given) = self.given(key) else { return Ok(None) };
        parse(&given.text).map(Some).map_err(|expected| given.refuse(&expected))
    }

    /// Whether the switch `key` is on.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn is_on(&self, key: &str) -> Result<bool, Failure> {
        let on = self.read(key, |text| match text {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err("expected true or false".to_owned()),
        })?;
        Ok(on.unwrap_or(false))
    }
}

impl Given {
    /// The failure of a value that cannot be: key, value, place, and what was expected.
    #[must_use]
    pub fn refuse(&self, expected: &str) -> Failure {
        Failure::new(format!("{} = {:?} ({self}): {expected}", self.key, self.text))
    }
}

/// Where it was given.
impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Flag => write!(f, "flag --{}", self.key.replace('_', "-")),
            Origin::Environment => {
                write!(f, "environment variable STRONGROOM_{}", self.key.to_uppercase())
            }
            Origin::File(path, line) => write!(f, "{} line {line}", path.display()),
            Origin::Default => f.write_str("the default"),
        }
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<&'static str, Given>, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|cause| Failure::of_file("read", path, &cause))?;
    let line_of = |offset| line(&text, offset);
    let at = |offset| format!("{} line {}", path.display(), line_of(offset));
    let table = DeTable::parse(&text).map_err(|error| {
        let place = error.span().map_or(path.display().to_string(), |span| at(span.start));
        Failure::new(format!("{place}: {}", error.message()))
    })?;
    let mut found = BTreeMap::new();
    for (name, value) in table.get_ref() {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == name.get_ref().as_ref())
        else {
            let message = format!("{}: unknown key `{}`", at(name.span().start), name.get_ref());
            return Err(Failure::new(message).hint(suggestion(name.get_ref())));
        };
        let value_text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Boolean(truth) => truth.to_string(),
            _ => {
                let place = at(value.span().start);
                let message =
                    format!("{place}: `{}` must be a text, a number or a truth value", setting.key);
                return Err(Failure::new(message));
            }
        };
        let origin = Origin::File(path.into(), line_of(value.span().start));
        found.insert(setting.key, Given { key: setting.key, text: value_text, origin });
    }
    Ok(found)
}

fn suggestion(name: &str) -> String {
    let alike = |setting: &&Setting| {
        let mut parts = setting.key.split('_');
        parts.any(|part| name.split(['_', '-']).any(|other| part == other))
    };
    match SETTINGS.iter().find(alike) {
        Some(setting) => format!("did you mean `{}`?", setting.key),
        None => "`strongroom serve --help` lists every setting".to_owned(),
    }
}

fn line(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
