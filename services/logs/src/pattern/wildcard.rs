//! Texts in which `*` stands for any characters.

/// A text with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wildcard {
    /// What stands between the wildcards; a single piece is a text without any.
    pieces: Vec<String>,
    /// Whether it was written without quotes: such a one with wildcards means numbers, too.
    is_bare: bool,
}

impl Wildcard {
    #[must_use]
    pub(super) fn of(pieces: Vec<String>, is_bare: bool) -> Self {
        Self { pieces, is_bare }
    }

    /// The text of a word without quotes.
    #[must_use]
    pub fn bare(word: &str) -> Self {
        Self::of(word.split('*').map(str::to_owned).collect(), true)
    }

    /// The text when `*` is an ordinary character.
    pub(super) fn literal(self) -> String {
        self.pieces.join("*")
    }

    /// `4*`: meant for numbers as well as for texts.
    pub(super) fn means_numbers(&self) -> bool {
        self.is_bare && self.pieces.len() > 1
    }

    /// Whether `text` is meant. Every piece is searched once, behind the one before it.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, others)) = self.pieces.split_first() else { return false };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        let Some((last, between)) = others.split_last() else { return rest.is_empty() };
        for piece in between {
            let Some(at) = rest.find(piece.as_str()) else { return false };
            rest = &rest[at + piece.len()..];
        }
        rest.ends_with(last.as_str())
    }
}
