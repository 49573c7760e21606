//! The recipe: the member `rotation` of a secret, which says how a web service is talked to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::request::{Call, When, Written, is_pointer};
use super::template::Whose;
use crate::document::Document;
use crate::error::Error;
use crate::password::PasswordRules;

/// Where the recipe is.
pub const MEMBER: &str = "rotation";

/// How long a request may take where the recipe does not say. A step makes up to five.
const TIMEOUT_SECONDS: u64 = 10;
const MOST_SECONDS: u64 = 30;

/// How a credential of a web service is changed.
pub struct Recipe {
    /// How the new value comes about.
    pub way: Way,
    /// Uses a value: `{this.…}`.
    pub test: Call,
    /// Statuses of `test` that mean that the value is wrong.
    pub refuse: Vec<u16>,
    /// Authorities to trust in place of the system's, in PEM.
    pub authority: Option<String>,
    /// How long a request may take.
    pub timeout: Duration,
}

/// How the new value comes about.
pub enum Way {
    /// The rotator makes one up and sets it.
    Set {
        /// The member of the secret.
        member: String,
        /// What the value is made of.
        rules: NewValue,
        /// Has the service take it.
        set: Box<Call>,
    },
    /// The service makes one.
    Create(Box<Issue>),
}

/// Requests of services that make their keys themselves.
pub struct Issue {
    /// Asks for a new one.
    pub create: Call,
    /// Members of the secret, and where in the answer they are.
    pub take: BTreeMap<String, String>,
    /// Takes back what an attempt that was cut off may have left.
    pub discard: Option<Call>,
    /// Takes the value before back, and when.
    pub revoke: Option<(Call, When)>,
}

/// What a new value is made of; the rest is as the function's environment says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewValue {
    member: Option<String>,
    length: Option<u32>,
    exclude_characters: Option<String>,
    exclude_punctuation: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRecipe {
    new: Option<NewValue>,
    set: Option<Written>,
    create: Option<Written>,
    discard: Option<Written>,
    test: Written,
    revoke: Option<Written>,
    authority: Option<String>,
    timeout_seconds: Option<u64>,
}

impl Recipe {
    /// Reads the recipe of `document`, which is the secret `arn`.
    ///
    /// # Errors
    /// `KeyError` when there is none, `ValueError` when it cannot be used.
    pub fn read(document: &Document, arn: &str) -> Result<Self, Error> {
        let raw = document.raw(MEMBER).ok_or_else(|| {
            Error::key(format!("{MEMBER} key is missing from secret JSON"))
                .because(format!("{arn} does not say how its value is rotated"))
        })?;
        let written: WrittenRecipe =
            serde_json::from_str(raw).map_err(|cause| unreadable(&cause))?;
        if written.set.is_some() && (written.discard.is_some() || written.revoke.is_some()) {
            return Err(Error::value("discard and revoke of the rotation belong to create"));
        }
        for (name, call) in [
            ("set", &written.set),
            ("create", &written.create),
            ("discard", &written.discard),
            ("revoke", &written.revoke),
        ] {
            check(name, call.as_ref())?;
        }
        check("test", Some(&written.test))?;
        let mut test = written.test;
        let refuse = test.refuse.take().unwrap_or_else(|| vec![401, 403]);
        let timeout = written.timeout_seconds.unwrap_or(TIMEOUT_SECONDS);
        if !(1..=MOST_SECONDS).contains(&timeout) {
            let text = format!("timeout_seconds of the rotation is from 1 to {MOST_SECONDS}");
            return Err(Error::value(text));
        }
        let way = match (written.set, written.create) {
            (Some(set), None) => way_of_set(set, written.new.unwrap_or_default())?,
            (None, Some(create)) if written.new.is_none() => {
                way_of_create(create, written.discard, written.revoke)?
            }
            (None, Some(_)) => {
                return Err(Error::value("new of the rotation belongs to set"));
            }
            _ => return Err(Error::value("the rotation has either set or create")),
        };
        let test = Call::read("test", test, &[Whose::This, Whose::Master, Whose::Token], &[])?;
        let timeout = Duration::from_secs(timeout);
        Ok(Self { way, test, refuse, authority: written.authority, timeout })
    }

    /// The members of the secret that a rotation changes.
    #[must_use]
    pub fn changed(&self) -> Vec<&str> {
        match &self.way {
            Way::Set { member, .. } => vec![member],
            Way::Create(issue) => issue.take.keys().map(String::as_str).collect(),
        }
    }

    /// All its requests.
    #[must_use]
    pub fn calls(&self) -> Vec<&Call> {
        let mut calls = vec![&self.test];
        match &self.way {
            Way::Set { set, .. } => calls.push(set),
            Way::Create(issue) => {
                let Issue { create, discard, revoke, .. } = &**issue;
                calls.push(create);
                calls.extend(discard);
                calls.extend(revoke.as_ref().map(|(call, _)| call));
            }
        }
        calls
    }
}

impl NewValue {
    /// The rules of the function with those of the recipe.
    #[must_use]
    pub fn over(&self, rules: &PasswordRules) -> PasswordRules {
        let mut rules = rules.clone();
        rules.length = self.length.unwrap_or(rules.length);
        if let Some(characters) = &self.exclude_characters {
            rules.exclude_characters.clone_from(characters);
        }
        rules.exclude_punctuation = self.exclude_punctuation.unwrap_or(rules.exclude_punctuation);
        rules
    }
}

fn way_of_set(set: Written, rules: NewValue) -> Result<Way, Error> {
    let allowed = [Whose::Current, Whose::Pending, Whose::Master, Whose::Token];
    let member = rules.member.clone().unwrap_or_else(|| "password".to_owned());
    may_change(&member)?;
    Ok(Way::Set { member, rules, set: Box::new(Call::read("set", set, &allowed, &[])?) })
}

fn way_of_create(
    mut create: Written,
    discard: Option<Written>,
    revoke: Option<Written>,
) -> Result<Way, Error> {
    let before = [Whose::Current, Whose::Master, Whose::Token];
    let after = [Whose::This, Whose::Current, Whose::Master, Whose::Token];
    let take = create.take.take().unwrap_or_default();
    if take.is_empty() || !take.values().all(|pointer| is_pointer(pointer)) {
        return Err(Error::value(
            "create of the rotation: take has members of the secret and JSON pointers to them",
        ));
    }
    take.keys().try_for_each(|member| may_change(member))?;
    let when = revoke.as_ref().and_then(|revoke| revoke.when).unwrap_or_default();
    let revoke = revoke.map(|call| Call::read("revoke", call, &after, &[404, 410])).transpose()?;
    Ok(Way::Create(Box::new(Issue {
        create: Call::read("create", create, &before, &[])?,
        take,
        discard: discard
            .map(|call| Call::read("discard", call, &before, &[404, 410]))
            .transpose()?,
        revoke: revoke.map(|call| (call, when)),
    })))
}

/// A service must not write the recipe, nor say whose recipe counts.
fn may_change(member: &str) -> Result<(), Error> {
    if [MEMBER, "masterarn"].contains(&member) {
        return Err(Error::value(format!("a rotation cannot change {member}")));
    }
    Ok(())
}

/// Each of these members belongs to one request.
fn check(name: &str, call: Option<&Written>) -> Result<(), Error> {
    let Some(call) = call else { return Ok(()) };
    for (member, is_there, home) in [
        ("refuse", call.refuse.is_some(), "test"),
        ("take", call.take.is_some(), "create"),
        ("when", call.when.is_some(), "revoke"),
    ] {
        if is_there && name != home {
            return Err(Error::value(format!(
                "{name} of the rotation: {member} belongs to {home}"
            )));
        }
    }
    Ok(())
}

/// Names of members may be told, values not: a recipe may have a secret among its texts.
fn unreadable(cause: &serde_json::Error) -> Error {
    let (text, line, column) = (cause.to_string(), cause.line(), cause.column());
    let is_about_names = ["unknown field", "missing field"].iter().any(|how| text.starts_with(how));
    let what = match is_about_names {
        true => text,
        false => format!("at line {line}, column {column} of it"),
    };
    Error::value(format!("{MEMBER} in secret JSON is not as a rotation needs it: {what}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(recipe: &str) -> Result<Recipe, Error> {
        let text = format!(r#"{{"rotation":{recipe}}}"#);
        Recipe::read(&Document::parse(&text).unwrap(), "arn")
    }

    const TEST: &str = r#""test":{"url":"https://h/","auth":{"bearer":"{this.token}"}}"#;

    #[test]
    fn a_recipe_has_either_set_or_create() {
        let set = r#""set":{"url":"https://h/","json":{"p":"{pending.password}"}}"#;
        let create = r#""create":{"url":"https://h/","method":"POST","take":{"token":"/t"}}"#;
        assert_eq!(read(&format!("{{{TEST},{set}}}")).unwrap().changed(), ["password"]);
        assert_eq!(read(&format!("{{{TEST},{create}}}")).unwrap().changed(), ["token"]);
        assert!(read(&format!("{{{TEST}}}")).is_err());
        assert!(read(&format!("{{{TEST},{set},{create}}}")).is_err());
        assert!(read(&format!("{{{TEST},{set},\"revoke\":{{\"url\":\"https://h/\"}}}}")).is_err());
    }

    #[test]
    fn what_a_recipe_gets_wrong_is_told_without_its_values() {
        let unknown = read(r#"{"test":{"url":"https://h/","hunter":"hunter2"}}"#).err().unwrap();
        assert!(unknown.message().contains("unknown field `hunter`"), "{unknown:?}");
        for odd in [r#"{"test":"hunter2"}"#, r#"{"set":{"url":"","when":"hunter2"}}"#] {
            let error = read(odd).err().unwrap();
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn no_value_has_a_say_in_where_a_request_goes() {
        for url in [
            "https://{this.host}/",
            "https://user:{this.password}@h/",
            "ftp://h/",
            "h",
            "https://",
            "https://h/a b",
            "https://h/#{this.x}",
            "https://h\\@evil/",
        ] {
            let set = r#""set":{"url":"https://h/"}"#;
            let recipe = format!(r#"{{"test":{{"url":{}}},{set}}}"#, serde_json::json!(url));
            assert_eq!(read(&recipe).err().unwrap().kind(), "ValueError", "{url}");
        }
    }

    #[test]
    fn headers_that_end_a_message_and_members_that_steer_are_refused() {
        for odd in [
            r#""set":{"url":"https://h/","headers":{"Content-Length":"1"}}"#,
            r#""set":{"url":"https://h/","headers":{"a b":"1"}}"#,
            r#""set":{"url":"https://h/","method":"CONNECT"}"#,
            r#""set":{"url":"https://h/","expect":[302]}"#,
            r#""set":{"url":"https://h/","when":"next"}"#,
            r#""set":{"url":"https://h/"},"new":{"member":"rotation"}"#,
            r#""set":{"url":"https://h/"},"timeout_seconds":31"#,
            r#""create":{"url":"https://h/","take":{"masterarn":"/a"}}"#,
            r#""create":{"url":"https://h/","take":{}}"#,
        ] {
            assert_eq!(
                read(&format!("{{{TEST},{odd}}}")).err().unwrap().kind(),
                "ValueError",
                "{odd}"
            );
        }
    }
}
