//! Names of parameters: what they may be, and what stands behind them (versions, labels, secrets).

use strongroom_wire::Result;

use crate::error;

/// The most levels of a hierarchy.
const MOST_LEVELS: usize = 15;
/// The most bytes of a parameter's ARN, from which the limit of names follows.
const MOST_ARN_BYTES: usize = 1011;
/// What names of secrets begin with.
const SECRETS: &str = "/aws/reference/secretsmanager/";

/// What a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A parameter.
    Parameter(Place, Option<Selector>),
    /// A secret that is read as a parameter.
    Secret {
        /// The name or ARN of the secret.
        id: String,
        /// What stands behind it: a version's id or staging label.
        selector: Option<String>,
    },
}

/// Where a parameter stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The name as it was sent; for an ARN the part behind `parameter/`, of which nobody knows whether
    /// there is a slash in front.
    pub name: String,
    by_arn: bool,
}

/// Which version of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The one of this number.
    Number(i64),
    /// The one with this label.
    Label(String),
}

impl Named {
    /// Reads what a request names, from `account` in `region`.
    ///
    /// # Errors
    /// ValidationException for what cannot be a name.
    pub fn parse(text: &str, account: &str, region: &str) -> Result<Self> {
        if let Some(secret) = text.strip_prefix(SECRETS) {
            // The ARN of a secret has six colons of its own.
            let own = if secret.starts_with("arn:") { 6 } else { 0 };
            let (id, selector) = split_behind(secret, own);
            return Ok(Self::Secret { id: id.to_owned(), selector: selector.map(str::to_owned) });
        }
        let (place, rest) = match text.strip_prefix("arn:") {
            Some(arn) => in_arn(arn).ok_or_else(error::invalid_arn)?,
            None => (local(account, region), text),
        };
        let (name, selector) = split_behind(rest, 0);
        if name.is_empty() || !name.bytes().all(is_allowed) {
            return Err(error::invalid_name());
        }
        Ok(Self::Parameter(Place { name: name.to_owned(), ..place }, selector.map(Selector::parse)))
    }
}

impl Place {
    /// A parameter of `account` in `region`, by its name alone.
    pub fn of(name: &str, account: &str, region: &str) -> Self {
        Self { name: name.to_owned(), ..local(account, region) }
    }

    /// The parameter's ARN: a slash in front of the name does not count.
    pub fn arn(&self) -> String {
        arn(&self.account, &self.region, &self.name)
    }

    /// Whether the parameter called `name` is meant.
    pub fn means(&self, name: &str) -> bool {
        if self.by_arn { bare(name) == bare(&self.name) } else { name == self.name }
    }
}

impl Selector {
    fn parse(text: &str) -> Self {
        match text.parse() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Label(text.to_owned()),
        }
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Label(label) => f.write_str(label),
        }
    }
}

/// The ARN of a parameter.
pub fn arn(account: &str, region: &str, name: &str) -> String {
    ["arn:aws:ssm:", region, ":", account, ":parameter/", bare(name)].concat()
}

/// The name without the slash in front.
pub fn bare(name: &str) -> &str {
    name.strip_prefix('/').unwrap_or(name)
}

/// Checks the name of a parameter that is about to be written.
///
/// # Errors
/// AWS's errors for names that are reserved, too deep, too long, or of other characters.
pub fn check_new(place: &Place) -> Result<()> {
    let name = place.name.as_str();
    let lower = bare(name).to_ascii_lowercase();
    if name.starts_with('/') && lower.starts_with("aws/") {
        return Err(error::reserved_name(name));
    }
    if lower.starts_with("aws") || lower.starts_with("ssm") {
        return Err(if lower.contains('/') {
            error::invalid_name()
        } else {
            error::reserved_prefix()
        });
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(error::not_fully_qualified());
    }
    let levels = bare(name).split('/');
    if name.is_empty() || !name.bytes().all(is_allowed) || levels.clone().any(str::is_empty) {
        return Err(error::invalid_name());
    }
    if levels.count() > MOST_LEVELS {
        return Err(error::too_many_levels());
    }
    if place.arn().len() > MOST_ARN_BYTES {
        return Err(error::name_too_long());
    }
    Ok(())
}

/// Checks a path whose parameters are asked for, and answers it without slashes at its ends.
///
/// # Errors
/// ValidationException.
pub fn check_path(path: &str) -> Result<&str> {
    let Some(inner) = path.strip_prefix('/') else { return Err(error::invalid_path()) };
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let is_empty = inner.is_empty() && path == "/";
    if !is_empty && (inner.split('/').any(str::is_empty) || !inner.bytes().all(is_allowed)) {
        return Err(error::invalid_path());
    }
    Ok(inner)
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/')
}

fn local(account: &str, region: &str) -> Place {
    Place {
        account: account.to_owned(),
        region: region.to_owned(),
        name: String::new(),
        by_arn: false,
    }
}

/// `aws:ssm:REGION:ACCOUNT:parameter/NAME` → where, and the name with what stands behind it.
fn in_arn(arn: &str) -> Option<(Place, &str)> {
    let mut parts = arn.splitn(5, ':').skip(1);
    let (service, region, account) = (parts.next()?, parts.next()?, parts.next()?);
    let name = parts.next()?.strip_prefix("parameter/")?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_region =
        !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let place = Place { by_arn: true, ..local(account, region) };
    (service == "ssm" && is_account && is_region).then_some((place, name))
}

/// Splits `text` at the first colon behind `own` of them.
fn split_behind(text: &str, own: usize) -> (&str, Option<&str>) {
    match text.match_indices(':').nth(own) {
        Some((at, _)) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use strongroom_wire::protocol::Family;

    use super::*;

    fn parameter(text: &str) -> (Place, Option<Selector>) {
        match Named::parse(text, "123456789012", "eu-west-1").unwrap() {
            Named::Parameter(place, selector) => (place, selector),
            Named::Secret { id, .. } => panic!("{id} is a secret"),
        }
    }

    fn refusal(name: &str) -> String {
        let error = check_new(&Place::of(name, "123456789012", "eu-west-1")).unwrap_err();
        error.code(Family::Json).to_owned()
    }

    #[test]
    fn a_slash_in_front_does_not_show_in_the_arn() {
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a/b";
        assert_eq!(parameter("/a/b").0.arn(), arn);
        assert_eq!(parameter(arn).0.arn(), arn);
        assert!(parameter(arn).0.means("/a/b"));
        assert!(!parameter("a").0.means("/a"));
    }

    #[test]
    fn a_version_or_label_stands_behind_a_colon() {
        assert_eq!(parameter("/a:3").1, Some(Selector::Number(3)));
        assert_eq!(parameter("/a:prod").1, Some(Selector::Label("prod".into())));
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a:7";
        assert_eq!(parameter(arn).1, Some(Selector::Number(7)));
        assert_eq!(parameter("a").1, None);
    }

    #[test]
    fn a_secret_is_named_below_its_own_path() {
        let read = |text: &str| Named::parse(text, "1", "r").unwrap();
        let secret = |id: &str, selector: Option<&str>| Named::Secret {
            id: id.to_owned(),
            selector: selector.map(str::to_owned),
        };
        assert_eq!(read("/aws/reference/secretsmanager/a/b"), secret("a/b", None));
        assert_eq!(
            read("/aws/reference/secretsmanager/db:AWSPREVIOUS"),
            secret("db", Some("AWSPREVIOUS"))
        );
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
        assert_eq!(read(&format!("/aws/reference/secretsmanager/{arn}")), secret(arn, None));
        assert_eq!(read(&format!("/aws/reference/secretsmanager/{arn}:v")), secret(arn, Some("v")));
    }

    #[test]
    fn names_that_aws_does_not_take_are_refused() {
        assert_eq!(refusal("/aws/x"), "AccessDeniedException");
        for name in ["awsome", "/SSM/x", "ssm", "a/b", "/a//b", "/a/", "/", "a b", "/ü", "a:b"] {
            assert_eq!(refusal(name), "ValidationException", "{name}");
        }
        assert_eq!(refusal(&"/a".repeat(16)), "HierarchyLevelLimitExceededException");
        assert_eq!(refusal(&"a".repeat(1011)), "ValidationException");
        for name in ["a", "/a", "/a.b/c-d/E_9", &"/a".repeat(15)] {
            check_new(&Place::of(name, "123456789012", "eu-west-1")).unwrap();
        }
    }

    #[test]
    fn a_path_begins_with_a_slash_and_may_end_with_one() {
        assert_eq!(check_path("/").unwrap(), "");
        assert_eq!(check_path("/a/b").unwrap(), "a/b");
        assert_eq!(check_path("/a/b/").unwrap(), "a/b");
        for path in ["a", "//", "/a//b", "/a//", "/#", ""] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }
}
