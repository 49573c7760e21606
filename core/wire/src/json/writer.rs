//! The serde serializer behind [`super::write`] and [`super::write_audit`].

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use super::escape::push_string;
use crate::double;
use crate::sensitive::SENSITIVE;
use crate::timestamp::{TIMESTAMP, Timestamp};
use crate::violation::push_lower_camel;

/// A type that no AWS reply has was asked to be written: a defect of ours, never of a request.
#[derive(Debug, thiserror::Error)]
#[error("cannot be written as a reply: {0}")]
pub struct Unwritable(String);

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

#[derive(Clone, Copy)]
pub(super) enum Mode {
    Wire,
    Audit { only: Option<&'static [&'static str]> },
}

pub(super) struct Writer<'o> {
    out: &'o mut Vec<u8>,
    mode: Mode,
    /// Nesting of structures; `only` applies to the outermost.
    depth: usize,
    /// The value just written turned out to be sensitive and must not stay.
    hidden: bool,
    /// The number to come is the inside of a [`Timestamp`].
    time: bool,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>, mode: Mode) -> Self {
        Self { out, mode, depth: 0, hidden: false, time: false }
    }

    /// Writes one part of a container and takes it back if it must not be seen.
    fn part(
        &mut self,
        first: &mut bool,
        write: impl FnOnce(&mut Self) -> Result<(), Unwritable>,
    ) -> Result<(), Unwritable> {
        let before = self.out.len();
        if !*first {
            self.out.push(b',');
        }
        write(self)?;
        if std::mem::take(&mut self.hidden) {
            self.out.truncate(before);
        } else {
            *first = false;
        }
        Ok(())
    }

    fn name(&mut self, name: &'static str) {
        self.out.push(b'"');
        match self.mode {
            Mode::Wire => self.out.extend_from_slice(name.as_bytes()),
            Mode::Audit { .. } => push_audit_name(self.out, name),
        }
        self.out.extend_from_slice(b"\":");
    }

    fn time(&mut self, at: Timestamp) {
        match self.mode {
            Mode::Wire => self.out.extend_from_slice(at.decimal_seconds().as_bytes()),
            Mode::Audit { .. } => push_string(self.out, &at.audit_text()),
        }
    }

    fn leaves_out(&self, name: &str) -> bool {
        match self.mode {
            Mode::Audit { only: Some(only) } => self.depth == 1 && !only.contains(&name),
            _ => false,
        }
    }
}

/// The common case without a detour through a `String`.
fn push_audit_name(out: &mut Vec<u8>, name: &str) {
    let bytes = name.as_bytes();
    match bytes {
        [first, second, ..] if first.is_ascii_uppercase() && !second.is_ascii_uppercase() => {
            out.push(first.to_ascii_lowercase());
            out.extend_from_slice(&bytes[1..]);
        }
        _ => {
            let mut lowered = String::new();
            push_lower_camel(&mut lowered, name);
            out.extend_from_slice(lowered.as_bytes());
        }
    }
}

impl<'w, 'o> Serializer for &'w mut Writer<'o> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Container<'w, 'o>;
    type SerializeTuple = ser::Impossible<(), Unwritable>;
    type SerializeTupleStruct = ser::Impossible<(), Unwritable>;
    type SerializeTupleVariant = ser::Impossible<(), Unwritable>;
    type SerializeMap = Container<'w, 'o>;
    type SerializeStruct = Container<'w, 'o>;
    type SerializeStructVariant = ser::Impossible<(), Unwritable>;

    crate::forwards::forwards!();

    /// Tells [`crate::Sensitive`] that this writer knows what it does.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, v: bool) -> Result<(), Unwritable> {
        self.out.extend_from_slice(if v { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i64(self, v: i64) -> Result<(), Unwritable> {
        if std::mem::take(&mut self.time) {
            self.time(Timestamp::from_millis(v));
            return Ok(());
        }
        self.out.extend_from_slice(itoa::Buffer::new().format(v).as_bytes());
        Ok(())
    }

    fn serialize_u64(self, v: u64) -> Result<(), Unwritable> {
        self.out.extend_from_slice(itoa::Buffer::new().format(v).as_bytes());
        Ok(())
    }

    fn serialize_f64(self, v: f64) -> Result<(), Unwritable> {
        if let Some(name) = double::name(v) {
            return self.serialize_str(name);
        }
        self.out.extend_from_slice(ryu::Buffer::new().format(v).as_bytes());
        Ok(())
    }

    fn serialize_str(self, v: &str) -> Result<(), Unwritable> {
        push_string(self.out, v);
        Ok(())
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<(), Unwritable> {
        let start = self.out.len() + 1;
        let length = v.len().div_ceil(3) * 4;
        self.out.push(b'"');
        self.out.resize(start + length, 0);
        STANDARD
            .encode_slice(v, &mut self.out[start..])
            .map_err(|error| Unwritable(error.to_string()))?;
        self.out.push(b'"');
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.out.extend_from_slice(b"{}");
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        match (name, self.mode) {
            (SENSITIVE, Mode::Audit { .. }) => {
                self.hidden = true;
                Ok(())
            }
            (TIMESTAMP, _) => {
                self.time = true;
                value.serialize(self)
            }
            _ => value.serialize(self),
        }
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Container<'w, 'o>, Unwritable> {
        self.out.push(b'[');
        Ok(Container { writer: self, first: true, end: b']' })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Container<'w, 'o>, Unwritable> {
        self.out.push(b'{');
        self.depth += 1;
        Ok(Container { writer: self, first: true, end: b'}' })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Container<'w, 'o>, Unwritable> {
        self.serialize_map(None)
    }
}

/// An open list, map or structure.
pub(super) struct Container<'w, 'o> {
    writer: &'w mut Writer<'o>,
    first: bool,
    end: u8,
}

impl Container<'_, '_> {
    fn close(self) {
        self.writer.out.push(self.end);
        if self.end == b'}' {
            self.writer.depth -= 1;
        }
    }
}

impl SerializeSeq for Container<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.writer.part(&mut self.first, |writer| value.serialize(writer))
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

impl SerializeStruct for Container<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        if self.writer.leaves_out(name) {
            return Ok(());
        }
        self.writer.part(&mut self.first, |writer| {
            writer.name(name);
            value.serialize(writer)
        })
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Container<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Unwritable> {
        Err(Unwritable("a map written key by key".to_owned()))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Unwritable> {
        Err(Unwritable("a map written key by key".to_owned()))
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Unwritable> {
        self.writer.part(&mut self.first, |writer| {
            key.serialize(&mut *writer)?;
            writer.out.push(b':');
            value.serialize(writer)
        })
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}
