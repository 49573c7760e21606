//! BSON, as far as the commands here and their answers need it. <https://bsonspec.org/spec.html>

use zeroize::Zeroizing;

/// Room for a command with a long password, so that no copy is left where it had to grow.
const ROOM: usize = 8 * 1024;

/// A document being written. It may hold a password, and is wiped.
pub(super) struct Writer {
    bytes: Zeroizing<Vec<u8>>,
}

/// A document that was received: bytes with a length and an end that fit.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    /// Everything, with the length in front and the zero at the end.
    bytes: &'a [u8],
}

/// A member's value; kinds that nothing here looks at have no content.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Number(f64),
    Boolean(bool),
    Binary(&'a [u8]),
    Document(Document<'a>),
    Array(Document<'a>),
    Other,
}

/// What was received is no BSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Writer {
    pub(super) fn new() -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        bytes.extend_from_slice(&[0; 4]);
        Self { bytes }
    }

    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.name(0x02, name);
        // Texts that long are refused when the message is sent.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
        self
    }

    pub(super) fn number(mut self, name: &str, number: i32) -> Self {
        self.name(0x10, name);
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self
    }

    pub(super) fn binary(mut self, name: &str, content: &[u8]) -> Self {
        self.name(0x05, name);
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.push(0);
        self.bytes.extend_from_slice(content);
        self
    }

    pub(super) fn array(mut self, name: &str, array: Document<'_>) -> Self {
        self.name(0x04, name);
        self.bytes.extend_from_slice(array.bytes);
        self
    }

    pub(super) fn finish(mut self) -> Zeroizing<Vec<u8>> {
        self.bytes.push(0);
        let length = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.bytes[..4].copy_from_slice(&length.to_le_bytes());
        self.bytes
    }

    fn name(&mut self, kind: u8, name: &str) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
    }
}

/// What only servers say.
#[cfg(test)]
impl Writer {
    pub(super) fn boolean(mut self, name: &str, is_true: bool) -> Self {
        self.name(0x08, name);
        self.bytes.push(u8::from(is_true));
        self
    }

    pub(super) fn document(mut self, name: &str, document: Document<'_>) -> Self {
        self.name(0x03, name);
        self.bytes.extend_from_slice(document.bytes);
        self
    }
}

impl<'a> Document<'a> {
    /// A document or array without members.
    pub(super) const EMPTY: Document<'static> = Document { bytes: &[5, 0, 0, 0, 0] };

    /// All of `bytes` as a document. What is in it is looked at when it is asked for.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let length = bytes.first_chunk().ok_or(Malformed)?;
        let fits = usize::try_from(u32::from_le_bytes(*length)).ok() == Some(bytes.len());
        if bytes.len() < 5 || !fits || bytes.last() != Some(&0) {
            return Err(Malformed);
        }
        Ok(Self { bytes })
    }

    /// The member of this name.
    pub(super) fn find(self, name: &str) -> Result<Option<Value<'a>>, Malformed> {
        for member in self.members() {
            let (known, value) = member?;
            if known == name {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Its members in their order, up to the first that is malformed.
    pub(super) fn members(self) -> impl Iterator<Item = Result<(&'a str, Value<'a>), Malformed>> {
        let mut rest = Rest(&self.bytes[4..self.bytes.len() - 1]);
        std::iter::from_fn(move || {
            if rest.0.is_empty() {
                return None;
            }
            let member = rest.member();
            if member.is_err() {
                rest.0 = &[];
            }
            Some(member)
        })
    }
}

/// What is still to be read; every step takes at least a byte off it.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn member(&mut self) -> Result<(&'a str, Value<'a>), Malformed> {
        let kind = self.take(1)?[0];
        let name = self.until_zero()?;
        let value = match kind {
            0x01 => Value::Number(f64::from_le_bytes(self.array()?)),
            0x02 => Value::Text(self.text()?),
            0x03 => Value::Document(self.document()?),
            0x04 => Value::Array(self.document()?),
            0x05 => Value::Binary(self.binary()?),
            0x08 => Value::Boolean(self.take(1)?[0] != 0),
            0x10 => Value::Number(f64::from(i32::from_le_bytes(self.array()?))),
            // The only such number that matters says how something went: 0 or 1.
            #[allow(clippy::cast_precision_loss)]
            0x12 => Value::Number(i64::from_le_bytes(self.array()?) as f64),
            _ => self.other(kind)?,
        };
        Ok((name, value))
    }

    fn other(&mut self, kind: u8) -> Result<Value<'a>, Malformed> {
        match kind {
            // Undefined, null, and the ends of all orders.
            0x06 | 0x0a | 0x7f | 0xff => {}
            // Times.
            0x09 | 0x11 => drop(self.take(8)?),
            // An object's id.
            0x07 => drop(self.take(12)?),
            // A decimal number.
            0x13 => drop(self.take(16)?),
            // A regular expression with its options.
            0x0b => {
                self.until_zero()?;
                self.until_zero()?;
            }
            // Code and symbols.
            0x0d | 0x0e => drop(self.text()?),
            // A pointer: a text and an id.
            0x0c => {
                self.text()?;
                self.take(12)?;
            }
            // Code with a scope: its length counts itself.
            0x0f => {
                let length = self.length()?;
                self.take(length.checked_sub(4).ok_or(Malformed)?)?;
            }
            _ => return Err(Malformed),
        }
        Ok(Value::Other)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(i32::from_le_bytes(self.array()?)).map_err(|_| Malformed)
    }

    fn until_zero(&mut self) -> Result<&'a str, Malformed> {
        let end = self.0.iter().position(|byte| *byte == 0).ok_or(Malformed)?;
        let name = self.take(end)?;
        self.take(1)?;
        std::str::from_utf8(name).map_err(|_| Malformed)
    }

    fn text(&mut self) -> Result<&'a str, Malformed> {
        let length = self.length()?;
        let (zero, text) = self.take(length)?.split_last().ok_or(Malformed)?;
        if *zero != 0 {
            return Err(Malformed);
        }
        std::str::from_utf8(text).map_err(|_| Malformed)
    }

    fn document(&mut self) -> Result<Document<'a>, Malformed> {
        let length = u32::from_le_bytes(*self.0.first_chunk().ok_or(Malformed)?);
        Document::read(self.take(usize::try_from(length).map_err(|_| Malformed)?)?)
    }

    fn binary(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.length()?;
        self.take(1)?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    /// Everything that can be read of a document.
    fn walk(document: Document<'_>, depth: usize) {
        for (_, value) in document.members().flatten() {
            match value {
                Value::Document(inner) | Value::Array(inner) if depth > 0 => walk(inner, depth - 1),
                _ => {}
            }
        }
    }

    #[test]
    fn the_example_of_the_specification_is_written_and_read() {
        let bytes = Writer::new().text("hello", "world").finish();
        assert_eq!(&bytes[..], b"\x16\x00\x00\x00\x02hello\x00\x06\x00\x00\x00world\x00\x00");
        let document = Document::read(&bytes).unwrap();
        assert!(matches!(document.find("hello"), Ok(Some(Value::Text("world")))));
        assert!(matches!(document.find("world"), Ok(None)));
    }

    #[test]
    fn every_kind_is_skipped_or_read_in_its_length() {
        let kinds: &[(u8, &[u8])] = &[
            (0x01, &[0; 8]),
            (0x06, b""),
            (0x07, &[1; 12]),
            (0x09, &[1; 8]),
            (0x0a, b""),
            (0x0b, b"a*\0i\0"),
            (0x0c, b"\x02\0\0\0a\0aaaaaaaaaaaa"),
            (0x0d, b"\x02\0\0\0a\0"),
            (0x0e, b"\x02\0\0\0a\0"),
            (0x0f, b"\x0f\0\0\0\x02\0\0\0a\0\x05\0\0\0\0"),
            (0x11, &[1; 8]),
            (0x12, &[1; 8]),
            (0x13, &[1; 16]),
            (0x7f, b""),
            (0xff, b""),
        ];
        let mut bytes = vec![0; 4];
        for (kind, content) in kinds {
            bytes.extend_from_slice(&[*kind, b'k', 0]);
            bytes.extend_from_slice(content);
        }
        bytes.extend_from_slice(b"\x08last\0\x01\0");
        let length = u32::try_from(bytes.len()).unwrap();
        bytes[..4].copy_from_slice(&length.to_le_bytes());
        let last = Document::read(&bytes).unwrap().find("last").unwrap();
        assert!(matches!(last, Some(Value::Boolean(true))));
    }

    #[test]
    fn lengths_that_lie_are_malformed() {
        for bytes in
            [&b""[..], b"\x04\0\0\0", b"\x06\0\0\0\0", b"\x05\0\0\0\x01", b"\xff\xff\xff\xff\0"]
        {
            assert!(Document::read(bytes).is_err(), "{bytes:?}");
        }
        for member in [
            &b"\x02a\0\0\0\0\0"[..],
            b"\x02a\0\x7f\0\0\0b\0",
            b"\x02a\0\xff\xff\xff\xffb\0",
            b"\x03a\0\x04\0\0\0\0",
            b"\x05a\0\x7f\0\0\0\0",
            b"\x0fa\0\x03\0\0\0",
            b"\x20a\0",
            b"\x10a",
        ] {
            let mut bytes = vec![u8::try_from(member.len()).unwrap() + 5, 0, 0, 0];
            bytes.extend_from_slice(member);
            bytes.push(0);
            assert!(Document::read(&bytes).unwrap().find("b").is_err(), "{member:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_to_an_end(mut bytes in proptest::collection::vec(any::<u8>(), 5..200)) {
            // With lengths that fit, so that what is inside is looked at.
            let length = u32::try_from(bytes.len()).unwrap();
            bytes[..4].copy_from_slice(&length.to_le_bytes());
            bytes[4] = [1, 2, 3, 4, 5, 0x0b, 0x0c, 0x0f][usize::from(bytes[4] % 8)];
            *bytes.last_mut().unwrap() = 0;
            if let Ok(document) = Document::read(&bytes) {
                walk(document, 8);
            }
        }
    }
}
