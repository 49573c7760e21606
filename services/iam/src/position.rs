//! Places in policy documents.

use strongroom_api::Reply;

/// A place in a document: line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Reply)]
pub struct Position {
    line: i64,
    column: i64,
}

impl Position {
    /// This line and column.
    pub(crate) fn at(line: usize, column: usize) -> Self {
        Self { line: line as i64, column: column as i64 }
    }
}

/// Where the JSON object that begins at `start` ends: behind its closing brace.
pub(crate) fn end_of_object(document: &str, start: Position) -> Position {
    let (mut here, mut depth) = (Position { line: 1, column: 1 }, 0);
    let (mut in_text, mut escaped) = (false, false);
    for c in document.chars() {
        let begun = (here.line, here.column) >= (start.line, start.column);
        match c {
            '\n' => here = Position { line: here.line + 1, column: 0 },
            _ if !begun => {}
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '{' if !in_text => depth += 1,
            '}' if !in_text => {
                depth -= 1;
                if depth == 0 {
                    return Position { column: here.column + 1, ..here };
                }
            }
            _ => {}
        }
        here.column += 1;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_ends_behind_its_brace_and_not_at_one_inside_a_text() {
        let document = "[\n {\"a\": \"}\\\"}\", \"b\": {}},\n {}]";
        let end = end_of_object(document, Position::at(2, 2));
        assert_eq!(end, Position::at(2, 24));
        assert_eq!(end_of_object(document, Position::at(3, 2)), Position::at(3, 4));
        assert_eq!(end_of_object("", Position::at(1, 1)), Position::at(1, 1));
    }
}
