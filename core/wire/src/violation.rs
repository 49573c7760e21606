//! What is wrong with an input, in AWS's words.

use std::fmt::Write as _;

/// Where in the input we are: a chain on the stack, printed only when something is wrong.
#[derive(Clone, Copy, Debug)]
pub struct At<'p> {
    parent: Option<&'p At<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Root,
    Member(&'static str),
    Item(usize),
    Entry(&'p str),
}

impl<'p> At<'p> {
    /// The whole input.
    #[must_use]
    pub fn root() -> Self {
        Self { parent: None, step: Step::Root }
    }

    /// The member `name` (as in the model, for example `SecretId`) of this structure.
    #[must_use]
    pub fn member(&'p self, name: &'static str) -> Self {
        Self { parent: Some(self), step: Step::Member(name) }
    }

    /// The item at `index` (from 0) of this list.
    #[must_use]
    pub fn item(&'p self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Item(index) }
    }

    /// The entry `key` of this map.
    #[must_use]
    pub fn entry(&'p self, key: &'p str) -> Self {
        Self { parent: Some(self), step: Step::Entry(key) }
    }

    /// The path as AWS prints it: `filters.1.member.key`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        self.write(&mut path);
        path
    }

    fn write(&self, path: &mut String) {
        if let Some(parent) = self.parent {
            parent.write(path);
        }
        if !path.is_empty() && !matches!(self.step, Step::Root) {
            path.push('.');
        }
        match self.step {
            Step::Root => {}
            Step::Member(name) => push_lower_camel(path, name),
            Step::Item(index) => {
                let _ = write!(path, "{}.member", index + 1);
            }
            Step::Entry(key) => {
                let _ = write!(path, "{key}.member");
            }
        }
    }
}

/// Appends a model name the way AWS spells it in messages and in CloudTrail: `SecretId` → `secretId`,
/// `ARN` → `arn`, `KMSKeyId` → `kMSKeyId`.
pub(crate) fn push_lower_camel(out: &mut String, name: &str) {
    if name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase()) {
        out.extend(name.chars().map(|c| c.to_ascii_lowercase()));
        return;
    }
    let mut chars = name.chars();
    if let Some(first) = chars.next() {
        out.push(first.to_ascii_lowercase());
        out.push_str(chars.as_str());
    }
}

/// Every broken constraint of one input.
#[derive(Debug, Default)]
pub struct Violations {
    found: Vec<Violation>,
}

#[derive(Debug)]
struct Violation {
    path: String,
    value: Echo,
    constraint: String,
}

/// How much of a refused value a message may repeat.
#[derive(Debug)]
pub(crate) enum Echo {
    /// The member was not there.
    Null,
    /// The value, in single quotes.
    Value(String),
    /// Nothing: the value is sensitive.
    Hidden,
}

/// A message repeats at most this many bytes of a refused value, so that it stays a message.
const ECHO_LIMIT: usize = 8_192;

/// More findings than this add nothing; the rest of the input is still refused.
const MOST_FINDINGS: usize = 100;

impl Violations {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Notes that a required member is missing.
    pub fn missing(&mut self, at: &At<'_>) {
        self.push(at, Echo::Null, "Member must not be null".to_owned());
    }

    /// Takes over what was found elsewhere.
    pub(crate) fn adopt(&mut self, other: Self) {
        self.found.extend(other.found);
        self.found.truncate(MOST_FINDINGS);
    }

    /// Reports the findings on the texts of a list as AWS does: once, at the list.
    pub(crate) fn push_items(&mut self, at: &At<'_>, texts: Vec<String>, inner: Self) {
        let hidden = inner.found.iter().any(|v| matches!(v.value, Echo::Hidden));
        let mut constraints: Vec<String> = Vec::new();
        for violation in inner.found {
            if !constraints.contains(&violation.constraint) {
                constraints.push(violation.constraint);
            }
        }
        let value =
            if hidden { Echo::Hidden } else { Echo::Value(format!("[{}]", texts.join(", "))) };
        let constraint = format!("Member must satisfy constraint: [{}]", constraints.join(", "));
        self.push(at, value, constraint);
    }

    pub(crate) fn push(&mut self, at: &At<'_>, value: Echo, constraint: String) {
        if self.found.len() < MOST_FINDINGS {
            self.found.push(Violation { path: at.path(), value, constraint });
        }
    }

    /// AWS's message: `1 validation error detected: Value 'x' at 'y' failed to satisfy constraint: …`.
    ///
    /// IAM never repeats a value (`echo` false); the JSON services do, unless it is sensitive.
    #[must_use]
    pub fn message(&self, echo: bool) -> String {
        let count = self.found.len();
        let mut text =
            format!("{count} validation error{} detected: ", if count == 1 { "" } else { "s" });
        for (index, violation) in self.found.iter().enumerate() {
            if index > 0 {
                text.push_str("; ");
            }
            text.push_str("Value ");
            match &violation.value {
                Echo::Null => text.push_str("null "),
                Echo::Value(value) if echo => push_quoted(&mut text, value),
                Echo::Value(_) | Echo::Hidden => {}
            }
            let _ = write!(
                text,
                "at '{}' failed to satisfy constraint: {}",
                violation.path, violation.constraint
            );
        }
        text
    }
}

fn push_quoted(text: &mut String, value: &str) {
    text.push('\'');
    text.push_str(&value[..value.floor_char_boundary(ECHO_LIMIT)]);
    text.push_str("' ");
}

/// A value of the wrong type: AWS answers `SerializationException`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct Mistyped(pub String);

impl Mistyped {
    /// `found` (a JSON kind) stands where `wanted` (for example `a String`) must.
    #[must_use]
    pub fn new(found: &crate::Value<'_>, wanted: &str) -> Self {
        Self(format!("{} can not be converted to {wanted}", found.kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_counts_list_items_from_one_and_names_them_member() {
        let root = At::root();
        let filters = root.member("Filters");
        let first = filters.item(0);
        assert_eq!(first.member("Key").path(), "filters.1.member.key");
    }

    #[test]
    fn several_findings_are_counted_and_joined() {
        let mut found = Violations::default();
        let root = At::root();
        found.missing(&root.member("SecretId"));
        found.push(&root.member("A"), Echo::Value("x".into()), "Member must be y".into());
        found.push(&root.member("SecretString"), Echo::Hidden, "Member must be z".into());
        assert_eq!(
            found.message(true),
            "3 validation errors detected: Value null at 'secretId' failed to satisfy constraint: \
             Member must not be null; Value 'x' at 'a' failed to satisfy constraint: Member must be y; \
             Value at 'secretString' failed to satisfy constraint: Member must be z"
        );
    }

    #[test]
    fn a_service_that_repeats_no_values_says_only_where() {
        let mut found = Violations::default();
        found.push(
            &At::root().member("Status"),
            Echo::Value("x".into()),
            "Member must be y".into(),
        );
        assert_eq!(
            found.message(false),
            "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must be y"
        );
    }
}
