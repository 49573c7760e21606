//! Regular expressions between `%`.

use regex::{Regex, RegexBuilder};

use super::malformed::Malformed;
use super::scanner::Scanner;

/// Regular expressions in one pattern.
pub const MOST: usize = 2;
/// The size of a compiled one, and of what matching may cache.
const MOST_BYTES: usize = 256 << 10;

/// Reads the rest of a regular expression whose opening `%` was taken.
pub fn read(scanner: &mut Scanner<'_>) -> Result<Regex, Malformed> {
    let mut text = String::new();
    loop {
        match scanner.next().ok_or(Malformed::Pattern)? {
            '%' => break,
            // AWS has no groups; a parenthesis is written by its code.
            '(' | ')' => return Err(Malformed::Pattern),
            '\\' => {
                let escaped = scanner.next().filter(|c| !matches!(c, '(' | ')'));
                let escaped = escaped.ok_or(Malformed::Pattern)?;
                // A percent sign is special to the pattern, not to the expression.
                if escaped != '%' {
                    text.push('\\');
                }
                text.push(escaped);
            }
            c => text.push(c),
        }
    }
    if text.is_empty() {
        return Err(Malformed::Pattern);
    }
    let mut builder = RegexBuilder::new(&text);
    builder.size_limit(MOST_BYTES).dfa_size_limit(MOST_BYTES);
    builder.build().map_err(|_| Malformed::Pattern)
}
