//! Which secrets a filtered list shows.
//!
//! The word rules follow recordings of the real service: texts are split at blanks, at special
//! characters, between letters and digits, and where a capital letter begins a new word
//! (`SecretOne` → `Secret One`, `COMPANYthings` → `COMPAN Ythings`). A filter of words finds a text when
//! each of its words is the beginning of a word of the text.

use strongroom_api::{Error, Shape};

use crate::error;
use crate::secret::Secret;
use crate::tag::Tag;

/// A filter as a client sends it.
#[derive(Clone, Debug, Shape)]
pub struct Filter {
    key: Option<Key>,
    #[shape(length = 1..=10)]
    values: Option<Vec<FilterValue>>,
}

/// What a filter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum Key {
    /// The description, by words, in any case.
    #[shape(name = "description")]
    Description,
    /// The beginning of the name.
    #[shape(name = "name")]
    Name,
    /// The beginning of a tag's key.
    #[shape(name = "tag-key")]
    TagKey,
    /// The beginning of a tag's value.
    #[shape(name = "tag-value")]
    TagValue,
    /// The beginning of the primary region.
    #[shape(name = "primary-region")]
    PrimaryRegion,
    /// The beginning of the owning service's name.
    #[shape(name = "owning-service")]
    OwningService,
    /// Name, description and tags, by words, in any case.
    #[shape(name = "all")]
    All,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Name => "name",
            Self::TagKey => "tag-key",
            Self::TagValue => "tag-value",
            Self::PrimaryRegion => "primary-region",
            Self::OwningService => "owning-service",
            Self::All => "all",
        }
    }
}

/// One value of a filter; a leading `!` inverts it.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=512, pattern = r"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$")]
pub struct FilterValue(String);

/// Checked filters. All must hold; of the values of one, any.
#[derive(Debug, Default)]
pub struct Filters(Vec<(Key, Vec<Test>)>);

#[derive(Debug)]
struct Test {
    inverted: bool,
    text: String,
    /// What `text` asks for, for the keys that look at words.
    wanted: Vec<Wanted>,
}

/// One word of a filter: found as a whole, in any case, or by the words it is made of.
#[derive(Debug)]
struct Wanted {
    whole: String,
    words: Vec<String>,
}

impl Filters {
    /// Checks filters as sent.
    ///
    /// # Errors
    /// AWS's errors for a filter without key or values.
    pub fn check(sent: &[Filter]) -> Result<Self, Error> {
        let mut filters = Vec::with_capacity(sent.len());
        for filter in sent {
            let key = filter.key.ok_or_else(error::filter_without_key)?;
            let values = filter.values.as_deref().unwrap_or_default();
            if values.is_empty() {
                return Err(error::filter_without_values(key.name()));
            }
            filters.push((key, values.iter().map(Test::new).collect()));
        }
        Ok(Self(filters))
    }

    /// Whether a list with these filters shows `secret`.
    #[must_use]
    pub fn show(&self, secret: &Secret) -> bool {
        self.0
            .iter()
            .all(|(key, tests)| tests.iter().any(|test| test.holds(*key, secret) != test.inverted))
    }

    /// Beginnings of names, one of which every shown secret has; `None` if the filters do not say so.
    #[must_use]
    pub fn name_prefixes(&self) -> Option<Vec<&str>> {
        let (_, tests) = self
            .0
            .iter()
            .find(|(key, tests)| *key == Key::Name && tests.iter().all(|test| !test.inverted))?;
        Some(tests.iter().map(|test| test.text.as_str()).collect())
    }

    /// The filters as text, to tell one query's page token from another's.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl Test {
    fn new(value: &FilterValue) -> Self {
        let (inverted, text) = match value.0.strip_prefix('!') {
            Some(text) => (true, text),
            None => (false, value.0.as_str()),
        };
        Self { inverted, text: text.to_owned(), wanted: wanted(text) }
    }

    fn holds(&self, key: Key, secret: &Secret) -> bool {
        let begins = |text: &str| text.starts_with(&self.text);
        let tags = secret.tags.as_deref().unwrap_or_default();
        match key {
            Key::Name => begins(&secret.name),
            Key::TagKey => tags.iter().any(|tag| begins(tag.key())),
            Key::TagValue => tags.iter().any(|tag| begins(tag.value())),
            Key::PrimaryRegion => {
                secret.replication.primary_region(&secret.region).is_some_and(begins)
            }
            // No service owns a secret here.
            Key::OwningService => false,
            Key::Description => {
                self.words_found(words(secret.description.as_deref().unwrap_or("")))
            }
            Key::All => self.words_found(all_words(secret, tags)),
        }
    }

    fn words_found(&self, found: Vec<String>) -> bool {
        let begins = |word: &String| found.iter().any(|other| other.starts_with(word));
        // A value without any word finds nothing.
        !self.wanted.is_empty()
            && self.wanted.iter().all(|one| begins(&one.whole) || one.words.iter().all(begins))
    }
}

/// The words of a filter. Its case says nothing, so `nEEDLE` is one word; but `SecretOne` finds the
/// secret of that name, whose words are two.
fn wanted(text: &str) -> Vec<Wanted> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| Wanted { whole: part.to_lowercase(), words: words(part) })
        .collect()
}

fn all_words(secret: &Secret, tags: &[Tag]) -> Vec<String> {
    let mut found = words(&secret.name);
    found.extend(words(secret.description.as_deref().unwrap_or("")));
    for tag in tags {
        found.extend(words(tag.key()));
        found.extend(words(tag.value()));
    }
    found
}

/// The words of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let begins = index == 0 || begins_word(&letters, index);
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn begins_word(letters: &[char], index: usize) -> bool {
    let (before, here) = (letters[index - 1], letters[index]);
    if !here.is_alphanumeric() || !before.is_alphanumeric() {
        return true;
    }
    if before.is_numeric() != here.is_numeric() {
        return true;
    }
    let next_is_small = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
    here.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_is_small))
}

#[cfg(test)]
mod tests {
    use strongroom_api::Timestamp;

    use super::*;

    fn secret(name: &str, description: &str) -> Secret {
        let mut secret =
            Secret::new("1", "us-east-1", name, "AbCdEf".into(), Timestamp::from_millis(0));
        secret.description = Some(description.to_owned());
        secret
    }

    fn finds(key: Key, values: &[&str], secret: &Secret) -> bool {
        let values = values.iter().map(|v| FilterValue((*v).to_owned())).collect();
        let filter = Filter { key: Some(key), values: Some(values) };
        Filters::check(&[filter]).unwrap().show(secret)
    }

    #[test]
    fn all_finds_beginnings_of_words_in_any_case() {
        for (name, found, missed) in [
            ("SecretOne", &["Secret", "sEC", "One", "one", "SecretOne"][..], &["ret", "ne"][..]),
            ("Thirdsecret", &["third", "Thirdsecret"], &["secret"]),
            ("COMPANY", &["company", "COMP"], &["pany"]),
            ("COMPANYthings", &["Ythings", "compan"], &["things", "company", "N", "pany"]),
            ("a/b_c2d", &["a", "b", "c", "2", "d"], &["+", "e"]),
        ] {
            let secret = secret(name, "");
            for value in found {
                assert!(finds(Key::All, &[value], &secret), "{name} by {value}");
            }
            for value in missed {
                assert!(!finds(Key::All, &[value], &secret), "{name} by {value}");
            }
        }
    }

    #[test]
    fn a_description_is_found_when_every_word_is() {
        for (description, by_a, by_a_secret) in
            [("a secret", true, true), ("an secret", true, true), ("asecret", true, false)]
        {
            let secret = secret("x", description);
            assert_eq!(finds(Key::Description, &["a"], &secret), by_a, "{description}");
            assert_eq!(
                finds(Key::Description, &["a secret"], &secret),
                by_a_secret,
                "{description}"
            );
        }
    }

    #[test]
    fn a_leading_exclamation_mark_inverts_one_value() {
        let db = secret("prod/db", "");
        assert!(finds(Key::Name, &["prod/"], &db));
        assert!(!finds(Key::Name, &["!prod/"], &db));
        assert!(finds(Key::Name, &["!x", "nothing"], &db));
        assert!(!finds(Key::Name, &["PROD/"], &db));
    }
}
