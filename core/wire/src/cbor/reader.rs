//! Reads one CBOR item as a [`Value`], borrowing texts and bytes from the body.
//!
//! Memory is bounded by the body: every item takes at least one byte of it, nothing is reserved on the
//! word of a length, and nesting ends at a fixed depth.

use std::borrow::Cow;

use crate::value::Value;

/// A body that is not one CBOR item as AWS's clients send it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MalformedCbor {
    /// It ends inside an item.
    #[error("the body ends too early")]
    Truncated,
    /// Something follows the item.
    #[error("something follows the body")]
    Trailing,
    /// A text is not UTF-8.
    #[error("a text is not valid UTF-8")]
    NotUtf8,
    /// It is nested deeper than any AWS input.
    #[error("the body is nested too deeply")]
    TooDeep,
    /// A byte that begins no item here, or an item where it cannot stand.
    #[error("byte {0:#04x} at {1} begins no item")]
    Unexpected(u8, usize),
}

/// Deeper than any AWS input.
const DEEPEST: usize = 64;

/// Reads `body`. An empty body counts as an empty structure, as operations without input send it.
///
/// # Errors
/// [`MalformedCbor`].
pub fn read(body: &[u8]) -> Result<Value<'_>, MalformedCbor> {
    if body.is_empty() {
        return Ok(Value::Map(Vec::new()));
    }
    let mut reader = Reader { body, at: 0 };
    let value = reader.item(0)?;
    if reader.at == body.len() { Ok(value) } else { Err(MalformedCbor::Trailing) }
}

struct Reader<'a> {
    body: &'a [u8],
    at: usize,
}

/// The first byte of an item, taken apart, with its argument.
struct Head {
    major: u8,
    /// `None` for an item of indefinite length.
    argument: Option<u64>,
    byte: u8,
    at: usize,
}

impl Head {
    fn unexpected(&self) -> MalformedCbor {
        MalformedCbor::Unexpected(self.byte, self.at)
    }
}

const BREAK: u8 = 0xff;
/// The tag of a count of seconds since the epoch, which stays the number that it is. So does what
/// stands under any other tag.
const MOST_TAGS: usize = 4;

impl<'a> Reader<'a> {
    fn item(&mut self, depth: usize) -> Result<Value<'a>, MalformedCbor> {
        if depth > DEEPEST {
            return Err(MalformedCbor::TooDeep);
        }
        let mut head = self.head()?;
        for _ in 0..MOST_TAGS {
            if head.major != 6 {
                break;
            }
            head = self.head()?;
        }
        match (head.major, head.argument) {
            (0, Some(number)) => Ok(whole(i128::from(number))),
            (1, Some(number)) => Ok(whole(-1 - i128::from(number))),
            (2, _) => self.bytes(&head).map(Value::Bytes),
            (3, _) => self.text(&head).map(Value::Text),
            (4, length) => self.list(length, depth).map(Value::List),
            (5, length) => self.map(length, depth).map(Value::Map),
            (7, Some(argument)) => simple(&head, argument),
            _ => Err(head.unexpected()),
        }
    }

    fn list(&mut self, length: Option<u64>, depth: usize) -> Result<Vec<Value<'a>>, MalformedCbor> {
        let mut items = Vec::new();
        let mut count = 0;
        while !self.ends(length, count)? {
            items.push(self.item(depth + 1)?);
            count += 1;
        }
        Ok(items)
    }

    fn map(
        &mut self,
        length: Option<u64>,
        depth: usize,
    ) -> Result<Vec<(Cow<'a, str>, Value<'a>)>, MalformedCbor> {
        let mut members = Vec::new();
        let mut count = 0;
        while !self.ends(length, count)? {
            let head = self.head()?;
            if head.major != 3 {
                return Err(head.unexpected());
            }
            let name = self.text(&head)?;
            members.push((name, self.item(depth + 1)?));
            count += 1;
        }
        Ok(members)
    }

    /// Whether a list or map with `count` entries so far is complete; takes the break of one without
    /// length.
    fn ends(&mut self, length: Option<u64>, count: u64) -> Result<bool, MalformedCbor> {
        match length {
            Some(length) => Ok(count >= length),
            None if self.body.get(self.at) == Some(&BREAK) => {
                self.at += 1;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn text(&mut self, head: &Head) -> Result<Cow<'a, str>, MalformedCbor> {
        match self.bytes(head)? {
            Cow::Borrowed(bytes) => {
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| MalformedCbor::NotUtf8)
            }
            Cow::Owned(bytes) => {
                String::from_utf8(bytes).map(Cow::Owned).map_err(|_| MalformedCbor::NotUtf8)
            }
        }
    }

    /// The bytes of a byte or text string, in one piece or in chunks.
    fn bytes(&mut self, head: &Head) -> Result<Cow<'a, [u8]>, MalformedCbor> {
        if let Some(length) = head.argument {
            return self.take(length).map(Cow::Borrowed);
        }
        let mut joined = Vec::new();
        while !self.ends(None, 0)? {
            let chunk = self.head()?;
            match chunk.argument {
                Some(length) if chunk.major == head.major => {
                    joined.extend_from_slice(self.take(length)?);
                }
                _ => return Err(chunk.unexpected()),
            }
        }
        Ok(Cow::Owned(joined))
    }

    fn head(&mut self) -> Result<Head, MalformedCbor> {
        let at = self.at;
        let byte = self.take(1)?[0];
        let (major, info) = (byte >> 5, byte & 0x1f);
        let argument = match info {
            0..=23 => Some(u64::from(info)),
            24..=27 => {
                let bytes = self.take(1 << (info - 24))?;
                Some(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
            }
            31 if (2..=5).contains(&major) => None,
            _ => return Err(MalformedCbor::Unexpected(byte, at)),
        };
        Ok(Head { major, argument, byte, at })
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], MalformedCbor> {
        let rest = self.body.get(self.at..).unwrap_or_default();
        let length = usize::try_from(length).map_err(|_| MalformedCbor::Truncated)?;
        let taken = rest.get(..length).ok_or(MalformedCbor::Truncated)?;
        self.at += length;
        Ok(taken)
    }
}

/// A number that no whole number of ours holds becomes the nearest other one.
fn whole<'a>(number: i128) -> Value<'a> {
    i64::try_from(number).map_or(Value::Float(number as f64), Value::Integer)
}

fn simple<'a>(head: &Head, argument: u64) -> Result<Value<'a>, MalformedCbor> {
    match (head.byte & 0x1f, argument) {
        (0..=23, 20) => Ok(Value::Bool(false)),
        (0..=23, 21) => Ok(Value::Bool(true)),
        // null and undefined
        (0..=23, 22 | 23) => Ok(Value::Null),
        (25, bits) => Ok(Value::Float(half(bits as u16))),
        (26, bits) => Ok(Value::Float(f64::from(f32::from_bits(bits as u32)))),
        (27, bits) => Ok(Value::Float(f64::from_bits(bits))),
        _ => Err(head.unexpected()),
    }
}

/// A number of half precision.
fn half(bits: u16) -> f64 {
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2_f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2);
        digits
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn the_examples_of_rfc_8949_are_read() {
        let cases = [
            ("1903e8", Value::Integer(1000)),
            ("3863", Value::Integer(-100)),
            ("1bffffffffffffffff", Value::Float(18_446_744_073_709_551_615.0)),
            ("f93c00", Value::Float(1.0)),
            ("f90001", Value::Float(5.960_464_477_539_063e-8)),
            ("f9c400", Value::Float(-4.0)),
            ("fa47c35000", Value::Float(100_000.0)),
            ("fb3ff199999999999a", Value::Float(1.1)),
            ("f97c00", Value::Float(f64::INFINITY)),
            ("f4", Value::Bool(false)),
            ("f6", Value::Null),
            ("f7", Value::Null),
            ("c11a514b67b0", Value::Integer(1_363_896_240)),
            ("4401020304", Value::Bytes(Cow::Borrowed(&[1, 2, 3, 4]))),
            ("62c3bc", Value::Text("ü".into())),
            ("9f0102ff", Value::List(vec![Value::Integer(1), Value::Integer(2)])),
            ("7f657374726561646d696e67ff", Value::Text("streaming".into())),
            ("bf6346756ef5ff", Value::Map(vec![("Fun".into(), Value::Bool(true))])),
            ("a1614101", Value::Map(vec![("A".into(), Value::Integer(1))])),
        ];
        for (bytes, expected) in cases {
            assert_eq!(read(&hex(bytes)).unwrap(), expected, "{bytes}");
        }
    }

    #[test]
    fn what_is_no_item_is_refused() {
        let cases = [
            ("a16141", MalformedCbor::Truncated),
            ("9bffffffffffffffff", MalformedCbor::Truncated),
            ("7bffffffffffffffff61", MalformedCbor::Truncated),
            ("0000", MalformedCbor::Trailing),
            ("61ff", MalformedCbor::NotUtf8),
            ("ff", MalformedCbor::Unexpected(0xff, 0)),
            ("a10101", MalformedCbor::Unexpected(0x01, 1)),
            ("1c", MalformedCbor::Unexpected(0x1c, 0)),
            ("7f4161ff", MalformedCbor::Unexpected(0x41, 1)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(read(&hex(bytes)).unwrap_err(), expected, "{bytes}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        assert_eq!(read(&vec![0x81; 100_000]).unwrap_err(), MalformedCbor::TooDeep);
        assert_eq!(read(&vec![0x9f; 100_000]).unwrap_err(), MalformedCbor::TooDeep);
    }
}
