//! Who may ask: the token, clients with tokens and users of their own, and what each may read.

use std::fmt;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;
use http::HeaderMap;
use strongroom_client::{Machine, Variables};
use zeroize::Zeroizing;

use crate::cache::Entry;
use crate::config::{ClientRule, Config};
use crate::disk::{create, of_file, replace};
use crate::failure::Failure;
use crate::wanted::Wanted;

/// Longer than any session token of AWS.
const MAX_TOKEN_BYTES: u64 = 16 << 10;

/// Knows every token.
pub struct Gate {
    headers: Vec<String>,
    token: Zeroizing<String>,
    clients: Vec<(ClientRule, Option<Zeroizing<String>>)>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Whoever holds the agent's own token: may read all that the agent may.
    Holder,
    /// A client with rules.
    Client(&'a ClientRule),
}

impl Gate {
    /// Reads the tokens; makes the agent's own if no variable holds one.
    ///
    /// # Errors
    /// For token files that cannot be read or made.
    pub fn open(
        config: &Config,
        variables: &Variables,
        machine: &dyn Machine,
    ) -> Result<Self, Failure> {
        let token = match config.token_variables.iter().find_map(|name| variables(name)) {
            Some(value) => match value.strip_prefix("file://") {
                Some(path) => read_token(Path::new(path))?,
                None => Zeroizing::new(value),
            },
            None => match &config.token_file {
                Some(path) if !path.exists() => make_token(path, machine)?,
                Some(path) => read_token(path)?,
                None => {
                    return Err(Failure::new("there is no token that callers could show").hint(
                        "set AWS_TOKEN, or name a file with --token-file: it is made if it is not there",
                    ));
                }
            },
        };
        let clients = config.clients.iter().map(|rule| {
            let token = rule.token_file.as_deref().map(read_token).transpose()?;
            Ok((rule.clone(), token))
        });
        let clients = clients.collect::<Result<_, Failure>>()?;
        Ok(Self { headers: config.token_headers.clone(), token, clients })
    }

    /// Who asks, by the token in the headers or, through the Unix socket, by the user.
    #[must_use]
    pub fn caller(&self, headers: &HeaderMap, uid: Option<u32>) -> Option<Caller<'_>> {
        let shown = self.headers.iter().filter_map(|name| headers.get(name));
        for value in shown {
            let is =
                |token: &str| verify_slices_are_equal(token.as_bytes(), value.as_bytes()).is_ok();
            if is(&self.token) {
                return Some(Caller::Holder);
            }
            let known = |(_, token): &&(ClientRule, Option<Zeroizing<String>>)| {
                token.as_ref().is_some_and(|token| is(token))
            };
            if let Some((rule, _)) = self.clients.iter().find(known) {
                return Some(Caller::Client(rule));
            }
        }
        let uid = uid?;
        let known = self.clients.iter().find(|(rule, _)| rule.uid == Some(uid));
        known.map(|(rule, _)| Caller::Client(rule))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({} clients)", self.clients.len())
    }
}

impl Caller<'_> {
    /// Whether it may ask for this at all, judged by the name or ARN given.
    #[must_use]
    pub fn may_ask(&self, wanted: &Wanted) -> bool {
        let Self::Client(rule) = self else { return true };
        let role = wanted.role.as_deref();
        if role.is_some_and(|role| !rule.roles.iter().any(|pattern| fits(pattern, role))) {
            return false;
        }
        let id = wanted.item.id();
        names(id).into_iter().any(|name| rule.allow.iter().any(|pattern| fits(pattern, name)))
    }

    /// Whether it may have this, judged by the name and ARN that the service gave.
    #[must_use]
    pub fn may_have(&self, entry: &Entry) -> bool {
        let Self::Client(rule) = self else { return true };
        let is_allowed = |text: &str| rule.allow.iter().any(|pattern| fits(pattern, text));
        is_allowed(&entry.name) || is_allowed(&entry.arn)
    }
}

/// What a name or ARN may stand for: itself, and the name in the ARN with and without AWS's suffix.
fn names(id: &str) -> Vec<&str> {
    let mut names = vec![id];
    let parts: Vec<&str> = id.splitn(7, ':').collect();
    match parts[..] {
        ["arn", _, "secretsmanager", _, _, "secret", name] => {
            names.push(name);
            let suffix = name.len().checked_sub(7).filter(|place| name.is_char_boundary(*place));
            names.extend(suffix.map(|place| &name[..place]));
        }
        // A parameter's version or label is no part of its name.
        _ if !id.starts_with("arn:") => names.extend(id.split_once(':').map(|(name, _)| name)),
        _ => {}
    }
    names
}

/// Whether `text` fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

pub(crate) fn read_token(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let length = fs::metadata(path).map_err(|cause| of_file("read", path, &cause))?.len();
    if length > MAX_TOKEN_BYTES {
        return Err(Failure::new(format!("the token in {} is too long", path.display())));
    }
    let text = fs::read_to_string(path).map_err(|cause| of_file("read", path, &cause))?;
    let text = Zeroizing::new(text);
    match text.trim() {
        "" => Err(Failure::new(format!("there is no token in {}", path.display()))),
        token => Ok(Zeroizing::new(token.to_owned())),
    }
}

/// A token that nobody can guess.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_token(machine: &dyn Machine) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new([0; 32]);
    machine.fill(&mut *bytes)?;
    Ok(Zeroizing::new(BASE64URL_NOPAD.encode(&*bytes)))
}

/// Writes a token that only this user can read, in the place of the one before.
///
/// # Errors
/// For a file that cannot be written.
pub fn replace_token(path: &Path, token: &str) -> Result<(), Failure> {
    make_folder(path)?;
    replace(path, token.as_bytes())
}

fn make_token(path: &Path, machine: &dyn Machine) -> Result<Zeroizing<String>, Failure> {
    make_folder(path)?;
    create(path, new_token(machine)?.as_bytes())?;
    // Another agent may have been faster.
    read_token(path)
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|cause| of_file("create", folder, &cause))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::sync::Arc;

    use bytes::Bytes;
    use strongroom_client::ThisMachine;

    use super::*;
    use crate::wanted;

    fn variables(pairs: &'static [(&'static str, &'static str)]) -> Variables {
        Arc::new(move |wanted| {
            pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
        })
    }

    fn shown(name: &'static str, token: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), token.parse().unwrap())])
    }

    fn rule() -> ClientRule {
        ClientRule {
            name: "billing".to_owned(),
            token_file: None,
            uid: Some(1_000),
            allow: vec![
                "prod/billing/*".to_owned(),
                "arn:aws:secretsmanager:*:secret:shared-*".to_owned(),
            ],
            roles: vec![],
        }
    }

    #[test]
    fn the_first_variable_that_is_set_holds_the_token() {
        let variables = variables(&[("AWS_SESSION_TOKEN", "session"), ("AWS_TOKEN", "token")]);
        let gate = Gate::open(&Config::default(), &variables, &ThisMachine).unwrap();
        for header in ["x-aws-parameters-secrets-token", "X-Vault-Token"] {
            assert_eq!(gate.caller(&shown(header, "token"), None), Some(Caller::Holder));
            assert_eq!(gate.caller(&shown(header, "session"), None), None);
        }
        assert_eq!(gate.caller(&shown("authorization", "token"), None), None);
        assert_eq!(gate.caller(&HeaderMap::new(), Some(0)), None);
    }

    #[test]
    fn a_token_file_is_made_once_and_read_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("token");
        let config = Config { token_file: Some(path.clone()), ..Config::default() };
        let open = || Gate::open(&config, &variables(&[]), &ThisMachine).unwrap();
        let (first, second) = (open(), open());
        assert_eq!(*first.token, *second.token);
        assert_eq!(fs::read_to_string(path).unwrap(), *first.token);
        assert_eq!(first.token.len(), 43);
        let none = Gate::open(&Config::default(), &variables(&[]), &ThisMachine);
        assert_eq!(none.unwrap_err().message, "there is no token that callers could show");
    }

    #[test]
    fn a_client_is_known_by_its_token_or_its_user() {
        let folder = tempfile::tempdir().unwrap();
        let token_file = folder.path().join("billing");
        fs::write(&token_file, "sesame\n").unwrap();
        let rule = ClientRule { token_file: Some(token_file), ..rule() };
        let config = Config { clients: vec![rule.clone()], ..Config::default() };
        let gate = Gate::open(&config, &variables(&[("AWS_TOKEN", "t")]), &ThisMachine).unwrap();
        assert_eq!(
            gate.caller(&shown("x-vault-token", "sesame"), None),
            Some(Caller::Client(&rule))
        );
        assert_eq!(gate.caller(&HeaderMap::new(), Some(1_000)), Some(Caller::Client(&rule)));
        assert_eq!(gate.caller(&HeaderMap::new(), Some(1_001)), None);
    }

    #[test]
    fn a_client_reads_what_its_list_allows_by_name_and_by_arn() {
        let rule = rule();
        let caller = Caller::Client(&rule);
        let may = |target: &str| {
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            caller.may_ask(&wanted::read(path, query, "/v1/").unwrap().wanted)
        };
        assert!(may("/v1/prod/billing/db"));
        assert!(may(
            "/v1/arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/billing/db-AbCdEf"
        ));
        assert!(may("/v1/arn:aws:secretsmanager:us-east-1:123456789012:secret:shared-x-AbCdEf"));
        assert!(!may("/v1/prod/billing"));
        assert!(!may("/v1/prod/other"));
        assert!(!may("/v1/arn:aws:secretsmanager:us-east-1:123456789012:secret:other-AbCdEf"));
        assert!(!may("/v1/prod/billing/db?roleArn=arn:aws:iam::123456789012:role/x"));
        assert!(
            Caller::Holder.may_ask(&wanted::read("/v1/prod/other", "", "/v1/").unwrap().wanted)
        );
    }

    #[test]
    fn what_the_service_gave_decides_in_the_end() {
        let rule = rule();
        let entry =
            |name| Entry::new(Bytes::new(), "arn:aws:secretsmanager:r:a:secret:x", name, "v");
        assert!(Caller::Client(&rule).may_have(&entry("prod/billing/db")));
        assert!(!Caller::Client(&rule).may_have(&entry("prod/other")));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*b*c", "axxbxxc", true),
            ("a*b*c", "axxc", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
