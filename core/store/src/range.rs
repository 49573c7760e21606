//! A range of keys and the direction to walk it in.

/// Which end of a range to begin at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest key up.
    Forward,
    /// From the largest key down.
    Backward,
}

/// The keys from `start` up to but without `end`, in byte order. An empty `end` is no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The smallest key of the range.
    pub start: String,
    /// The key after the range; empty if the range goes to the last key there is.
    pub end: String,
}

impl Range {
    /// The keys from `start` up to but without `end`; an empty `end` is no end.
    pub fn new(start: impl Into<String>, end: impl Into<String>) -> Self {
        Self { start: start.into(), end: end.into() }
    }

    /// Every key.
    pub fn all() -> Self {
        Self::new("", "")
    }

    /// Every key that begins with `prefix`, which itself counts.
    pub fn prefix(prefix: impl Into<String>) -> Self {
        let start = prefix.into();
        let end = end_of_prefix(&start);
        Self { start, end }
    }

    /// The part of the range behind `key`: the next page when walking forward.
    pub fn after(&self, key: &str) -> Self {
        // The smallest string that is larger than the key.
        let next = format!("{key}\0");
        Self { start: next.max(self.start.clone()), end: self.end.clone() }
    }

    /// The part of the range in front of `key`: the next page when walking backward.
    pub fn before(&self, key: &str) -> Self {
        if key.is_empty() {
            // Nothing is in front of the empty key, and an empty end would mean no end.
            return Self::new("\0", "\0");
        }
        let end = if self.end.is_empty() { key } else { key.min(self.end.as_str()) };
        Self::new(self.start.clone(), end)
    }

    /// Whether `key` lies in the range.
    pub fn contains(&self, key: &str) -> bool {
        key >= self.start.as_str() && (self.end.is_empty() || key < self.end.as_str())
    }

    /// Whether no key can lie in the range.
    pub fn is_empty(&self) -> bool {
        !self.end.is_empty() && self.start >= self.end
    }
}

/// The smallest string above every string that begins with `prefix`; empty if there is none.
fn end_of_prefix(prefix: &str) -> String {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // U+10FFFF has no successor, so the one before it must grow.
        if let Some(next) = successor(last) {
            chars.push(next);
            return chars.into_iter().collect();
        }
    }
    String::new()
}

fn successor(c: char) -> Option<char> {
    match c {
        // The surrogates in between are no characters.
        '\u{d7ff}' => Some('\u{e000}'),
        c => char::from_u32(u32::from(c) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn a_prefix_ends_where_no_key_begins_with_it_any_more() {
        assert_eq!(Range::prefix("a/"), Range::new("a/", "a0"));
        assert_eq!(Range::prefix("a\u{d7ff}"), Range::new("a\u{d7ff}", "a\u{e000}"));
        assert_eq!(Range::prefix("a\u{10ffff}"), Range::new("a\u{10ffff}", "b"));
        assert_eq!(Range::prefix("\u{10ffff}"), Range::new("\u{10ffff}", ""));
        assert_eq!(Range::prefix(""), Range::all());
    }

    #[test]
    fn paging_never_leaves_the_range() {
        let range = Range::new("b", "d");
        assert_eq!(range.after("a"), range);
        assert_eq!(range.after("b"), Range::new("b\0", "d"));
        assert_eq!(range.before("e"), range);
        assert_eq!(range.before("c"), Range::new("b", "c"));
        assert_eq!(Range::all().before("c"), Range::new("", "c"));
    }

    #[test]
    fn nothing_lies_before_the_empty_key_or_in_a_range_turned_around() {
        assert!(Range::all().before("").is_empty());
        assert!(Range::new("b", "a").is_empty());
        assert!(!Range::new("b", "a").contains("a"));
        assert!(!Range::new("b", "").is_empty());
    }
}
