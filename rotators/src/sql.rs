//! Names and texts within SQL statements.

/// A name as PostgreSQL and standard SQL quote it.
#[must_use]
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in quotes. Only for sessions in which a backslash is a character like any other:
/// PostgreSQL with `standard_conforming_strings`, MySQL with `NO_BACKSLASH_ESCAPES`.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The places in `statement` at which `word` stands outside quotes and names.
pub fn unquoted<'a>(statement: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut quote = None;
    statement.char_indices().filter_map(move |(at, character)| {
        match (quote, character) {
            // A doubled quote closes and opens again at once, which comes to the same.
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, _) if statement[at..].starts_with(word) => return Some(at),
            (None, _) => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_within_are_doubled() {
        assert_eq!(identifier("a\"; DROP ROLE x; --"), "\"a\"\"; DROP ROLE x; --\"");
        assert_eq!(literal("a'; DROP ROLE x; --\\"), "'a''; DROP ROLE x; --\\'");
    }

    #[test]
    fn a_word_within_quotes_is_none() {
        let grant = "GRANT SELECT ON `a TO ``b`.* TO `u TO`@`%` REQUIRE ISSUER ' TO '";
        assert_eq!(unquoted(grant, " TO ").collect::<Vec<_>>(), [28]);
    }
}
