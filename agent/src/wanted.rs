//! What a caller asks for: a secret or a parameter, read from path and query.

use percent_encoding::percent_decode_str;

use crate::answer::Refusal;

/// Longer than any ARN.
const MAX_ID: usize = 2_048;

/// What is asked for, as which role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// The role to assume; the agent's own if there is none.
    pub role: Option<String>,
    /// The value itself.
    pub item: Item,
}

/// A value of one of the two services.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// A version of a secret.
    Secret {
        /// Name or ARN.
        id: String,
        /// The version, by id.
        version_id: Option<String>,
        /// The version, by staging label.
        version_stage: Option<String>,
    },
    /// A parameter.
    Parameter {
        /// Its name, with version or label after a colon.
        name: String,
        /// Whether a SecureString is decrypted.
        with_decryption: bool,
    },
}

/// A question, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked for.
    pub wanted: Wanted,
    /// Whether the service is to be asked whatever is remembered.
    pub refresh_now: bool,
}

impl Item {
    /// The name or ARN.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Secret { id, .. } => id,
            Self::Parameter { name, .. } => name,
        }
    }
}

/// Reads a question; `prefix` is that of names in the path.
///
/// # Errors
/// 404 for other paths, 400 with AWS's words for queries that cannot be.
pub fn read(path: &str, query: &str, prefix: &str) -> Result<Question, Refusal> {
    match path {
        "/secretsmanager/get" => secret(None, query),
        "/systemsmanager/parameters/get" | "/systemsmanager/parameters/get/" => parameter(query),
        _ => match path.strip_prefix(prefix) {
            Some("") => Err(Refusal::bad_request("missing secret ID")),
            Some(id) => secret(Some(decoded(id)?), query),
            None => Err(Refusal::not_found()),
        },
    }
}

fn secret(from_path: Option<String>, query: &str) -> Result<Question, Refusal> {
    let (mut id, mut version_id, mut version_stage, mut role) = (None, None, None, None);
    let mut refresh_now = false;
    for (name, value) in pairs(query) {
        let value = decoded(value)?;
        match name {
            "secretId" if from_path.is_none() => id = Some(value),
            "versionId" => version_id = Some(value),
            "versionStage" => version_stage = Some(value),
            "refreshNow" => refresh_now = boolean("refreshNow", &value)?,
            "roleArn" => role = Some(role_arn(value)?),
            _ => return Err(Refusal::bad_request(&format!("unknown parameter: {}", shown(name)))),
        }
    }
    let id = from_path
        .or(id)
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Refusal::bad_request("missing parameter secretId"))?;
    let item = Item::Secret { id, version_id, version_stage };
    Ok(Question { wanted: Wanted { role, item }, refresh_now })
}

fn parameter(query: &str) -> Result<Question, Refusal> {
    let (mut wanted, mut selector, mut with_decryption) = (None, None, false);
    let mut refresh_now = false;
    for (name, value) in pairs(query) {
        let value = decoded(value)?;
        match name {
            "name" => wanted = Some(value),
            // Only the first of the two counts.
            "version" | "label" => _ = selector.get_or_insert(value),
            "withDecryption" => with_decryption = boolean("withDecryption", &value)?,
            "refreshNow" => refresh_now = boolean("refreshNow", &value)?,
            _ => return Err(Refusal::bad_request(&format!("unknown parameter: {}", shown(name)))),
        }
    }
    let mut name = wanted
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Refusal::bad_request("missing parameter name"))?;
    if let Some(selector) = selector {
        name = format!("{name}:{selector}");
    }
    let wanted = Wanted { role: None, item: Item::Parameter { name, with_decryption } };
    Ok(Question { wanted, refresh_now })
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// A plus stays one: names may hold it, and none holds a space.
fn decoded(text: &str) -> Result<String, Refusal> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| Refusal::bad_request("the request is not UTF-8"))?;
    if text.len() > MAX_ID || text.chars().any(char::is_control) {
        return Err(Refusal::bad_request("a parameter is too long or holds control characters"));
    }
    Ok(text.into_owned())
}

fn boolean(name: &str, value: &str) -> Result<bool, Refusal> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Refusal::bad_request(&format!("invalid {name} value"))),
    }
}

fn role_arn(arn: String) -> Result<String, Refusal> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_role = matches!(parts[..], ["arn", partition, "iam", "", account, role]
        if partition.starts_with("aws")
            && account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && role.strip_prefix("role/").is_some_and(|name| !name.is_empty()));
    if is_role {
        return Ok(arn);
    }
    Err(Refusal::bad_request(
        "invalid roleArn format, expected arn:<partition>:iam::<account>:role/<name>",
    ))
}

/// A name that came from outside, short and harmless.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_graphic()).take(64).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    fn ask(target: &str) -> Result<Question, (u16, String)> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        read(path, query, "/v1/").map_err(|refusal| {
            (refusal.status, String::from_utf8_lossy(&refusal.body).into_owned())
        })
    }

    #[test]
    fn a_secret_is_named_in_the_query_or_the_path() {
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
        for (target, id) in [
            ("/secretsmanager/get?secretId=prod%2Fdb+1".to_owned(), "prod/db+1"),
            (format!("/secretsmanager/get?secretId={arn}"), arn),
            ("/v1/prod/db".to_owned(), "prod/db"),
            ("/v1/prod%2Fdb".to_owned(), "prod/db"),
            // Nothing is resolved: this is the name of a secret that is not there.
            ("/v1/../ping".to_owned(), "../ping"),
        ] {
            assert_eq!(ask(&target).unwrap().wanted.item.id(), id);
        }
    }

    #[test]
    fn selectors_roles_and_refresh_are_read() {
        let found = ask("/v1/a?versionId=v&versionStage=AWSPREVIOUS&refreshNow=1&roleArn=arn:aws:iam::123456789012:role/x/y").unwrap();
        assert!(found.refresh_now);
        assert_eq!(found.wanted.role.as_deref(), Some("arn:aws:iam::123456789012:role/x/y"));
        let parameter = ask(
            "/systemsmanager/parameters/get/?name=%2Fa%2Fb&label=l&version=2&withDecryption=true",
        );
        let item = Item::Parameter { name: "/a/b:l".to_owned(), with_decryption: true };
        assert_eq!(parameter.unwrap().wanted.item, item);
    }

    #[test]
    fn what_cannot_be_is_refused_in_aws_s_words() {
        let bad = |text: &str| Err((400, text.to_owned()));
        assert_eq!(ask("/secretsmanager/get?x=1"), bad("unknown parameter: x"));
        assert_eq!(ask("/secretsmanager/get"), bad("missing parameter secretId"));
        assert_eq!(ask("/v1/"), bad("missing secret ID"));
        assert_eq!(ask("/v1/a?refreshNow=yes"), bad("invalid refreshNow value"));
        let role = "invalid roleArn format, expected arn:<partition>:iam::<account>:role/<name>";
        assert_eq!(ask("/v1/a?roleArn=arn:aws:iam::1:role/x"), bad(role));
        assert_eq!(ask("/secretsmanager/other"), Err((404, "Not found".to_owned())));
        assert_eq!(ask("/%76%31/a"), Err((404, "Not found".to_owned())));
        assert_eq!(ask("/v1/%FF").unwrap_err().0, 400);
        assert_eq!(ask("/v1/a%0Ab").unwrap_err().0, 400);
        assert_eq!(ask(&format!("/v1/{}", "a".repeat(2_049))).unwrap_err().0, 400);
    }
}
