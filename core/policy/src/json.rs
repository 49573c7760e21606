//! A bounded, strict JSON reader that remembers where things stand and refuses duplicate keys.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::malformed::Fault;

/// Deep enough for every policy (a condition's values stand at depth six), shallow enough for any stack.
const MAX_DEPTH: usize = 16;

/// A JSON value and the bytes of the source it was read from.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) value: Value<'a>,
}

/// What a [`Node`] holds. Numbers keep their source text.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// One `"name": value` of an object.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) start: usize,
    pub(crate) name: Cow<'a, str>,
    pub(crate) node: Node<'a>,
}

/// Why the text could not be read, and the byte where reading stopped.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) at: usize,
    pub(crate) fault: Fault,
}

/// Reads one JSON value and nothing after it.
pub(crate) fn read(text: &str) -> Result<Node<'_>, Unreadable> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.node(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.invalid());
    }
    Ok(node)
}

/// Characters of a document as AWS counts them against quotas: white space outside strings is free.
pub(crate) fn counted_chars(text: &str) -> usize {
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for c in text.chars() {
        if quoted || !matches!(c, ' ' | '\t' | '\n' | '\r') {
            count += 1;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    count
}

/// A text as a JSON string, with its quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn node(&mut self, depth: usize) -> Result<Node<'a>, Unreadable> {
        if depth > MAX_DEPTH {
            return Err(self.invalid());
        }
        self.space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.invalid()),
        };
        Ok(Node { start, end: self.at, value })
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, Unreadable> {
        self.at += 1;
        let mut members: Vec<Member<'a>> = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.invalid());
            }
            let name = self.string()?;
            self.space();
            self.expect(b':')?;
            let node = self.node(depth + 1)?;
            members.push(Member { start, name, node });
            self.space();
            if !self.take(b',') {
                break;
            }
        }
        self.expect(b'}')?;
        refuse_duplicates(&members)?;
        Ok(Value::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, Unreadable> {
        self.at += 1;
        let mut nodes = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::Array(nodes));
        }
        loop {
            nodes.push(self.node(depth + 1)?);
            self.space();
            if !self.take(b',') {
                break;
            }
        }
        self.expect(b']')?;
        Ok(Value::Array(nodes))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Unreadable> {
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut copied = start;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let owned = owned.get_or_insert_with(String::new);
                    owned.push_str(&self.text[copied..self.at]);
                    let c = self.escape()?;
                    owned.push(c);
                    copied = self.at;
                }
                Some(0..=0x1f) | None => return Err(self.invalid()),
                Some(_) => self.at += 1,
            }
        }
        let tail = &self.text[copied..self.at];
        self.at += 1;
        Ok(match owned {
            None => Cow::Borrowed(tail),
            Some(mut owned) => {
                owned.push_str(tail);
                Cow::Owned(owned)
            }
        })
    }

    fn escape(&mut self) -> Result<char, Unreadable> {
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.invalid()),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode_escape(&mut self) -> Result<char, Unreadable> {
        let first = self.hex4()?;
        let code = match first {
            0xd800..=0xdbff => {
                if self.peek() != Some(b'\\') {
                    return Err(self.invalid());
                }
                self.at += 1;
                if self.peek() != Some(b'u') {
                    return Err(self.invalid());
                }
                match self.hex4()? {
                    low @ 0xdc00..=0xdfff => 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00),
                    _ => return Err(self.invalid()),
                }
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.invalid())
    }

    /// Reads four hexadecimal digits, standing on the `u` before them.
    fn hex4(&mut self) -> Result<u32, Unreadable> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.invalid())?;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<&'a str, Unreadable> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.invalid()) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Unreadable> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.invalid());
        }
        self.at += word.len();
        Ok(value)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.take(byte) { Ok(()) } else { Err(self.invalid()) }
    }

    fn invalid(&self) -> Unreadable {
        Unreadable { at: self.at, fault: Fault::InvalidJson }
    }
}

fn refuse_duplicates(members: &[Member<'_>]) -> Result<(), Unreadable> {
    let mut seen = HashSet::with_capacity(members.len());
    match members.iter().find(|member| !seen.insert(member.name.as_ref())) {
        Some(member) => Err(Unreadable {
            at: member.start,
            fault: Fault::DuplicateKey(member.name.as_ref().into()),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn escapes_and_surrogate_pairs_are_decoded() {
        let node = read(r#" "a\n\u00e9\ud83d\ude00\/" "#).unwrap();
        let Value::String(text) = node.value else { panic!("not a string") };
        assert_eq!(text, "a\né😀/");
    }

    #[test]
    fn what_is_not_strict_json_is_refused() {
        for text in [
            "",
            "{",
            "{\"a\":1,}",
            "[1,]",
            "01",
            "+1",
            "1.",
            "'a'",
            "\"\t\"",
            "\"\\ud800\"",
            "\"\\x\"",
            "{} {}",
            "nul",
            "{a:1}",
            "\"",
            "[1 2]",
            "\u{feff}{}",
            "-",
            "1e",
            "// c\n{}",
        ] {
            assert!(read(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_even_when_escaped() {
        let found = read(r#"{"Effect":1,"\u0045ffect":2}"#).unwrap_err();
        assert_eq!(found.fault, Fault::DuplicateKey("Effect".into()));
        assert_eq!(found.at, 12);
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(read(&"[".repeat(100_000)).is_err());
        assert!(read(&format!("{}{}", "[".repeat(16), "]".repeat(16))).is_ok());
        assert!(read(&format!("{}{}", "[".repeat(18), "]".repeat(18))).is_err());
    }

    #[test]
    fn white_space_outside_strings_is_not_counted() {
        assert_eq!(counted_chars("{ \"a b\\\" c\" :\n 1 }"), "{\"a b\\\" c\":1}".len());
    }
}
