//! The serde serializer behind [`super::write`].

use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use crate::json::Unwritable;
use crate::timestamp::TIMESTAMP;

pub(super) const MAP: u8 = 5;
const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const LIST: u8 = 4;
const TAG: u8 = 6;
/// The tag of seconds since the epoch.
const EPOCH: u64 = 1;

pub(super) struct Writer<'o> {
    out: &'o mut Vec<u8>,
    /// The number to come is the inside of a [`crate::Timestamp`].
    time: bool,
    /// Whether a structure was written.
    pub(super) structured: bool,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, time: false, structured: false }
    }
}

/// The first byte of an item and its argument in the fewest bytes.
pub(super) fn push_head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => out.push(major | bytes[7]),
        24..=0xff => out.extend_from_slice(&[major | 24, bytes[7]]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend_from_slice(&bytes[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend_from_slice(&bytes[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&bytes);
        }
    }
}

pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    push_head(out, TEXT, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn push_whole(out: &mut Vec<u8>, number: i64) {
    match u64::try_from(number) {
        Ok(number) => push_head(out, UNSIGNED, number),
        // -1 - number, which is what two's complement calls "not".
        Err(_) => push_head(out, NEGATIVE, !number as u64),
    }
}

fn push_float(out: &mut Vec<u8>, number: f64) {
    out.push(0xfb);
    out.extend_from_slice(&number.to_be_bytes());
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
        self.out.push(if v { 0xf5 } else { 0xf4 });
        Ok(())
    }

    fn serialize_i64(self, v: i64) -> Result<(), Unwritable> {
        if std::mem::take(&mut self.time) {
            push_head(self.out, TAG, EPOCH);
            match v % 1_000 {
                0 => push_whole(self.out, v / 1_000),
                _ => push_float(self.out, v as f64 / 1_000.0),
            }
            return Ok(());
        }
        push_whole(self.out, v);
        Ok(())
    }

    fn serialize_u64(self, v: u64) -> Result<(), Unwritable> {
        push_head(self.out, UNSIGNED, v);
        Ok(())
    }

    fn serialize_f64(self, v: f64) -> Result<(), Unwritable> {
        push_float(self.out, v);
        Ok(())
    }

    fn serialize_str(self, v: &str) -> Result<(), Unwritable> {
        push_text(self.out, v);
        Ok(())
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<(), Unwritable> {
        push_head(self.out, BYTES, v.len() as u64);
        self.out.extend_from_slice(v);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.out.push(0xf6);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.time = name == TIMESTAMP;
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Container<'w, 'o>, Unwritable> {
        Ok(Container::open(self, LIST, length))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Container<'w, 'o>, Unwritable> {
        Ok(Container::open(self, MAP, length))
    }

    /// The number of members that a derive announces is the one that it writes.
    fn serialize_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Container<'w, 'o>, Unwritable> {
        self.structured = true;
        Ok(Container::open(self, MAP, Some(length)))
    }
}

/// An open list, map or structure.
pub(super) struct Container<'w, 'o> {
    writer: &'w mut Writer<'o>,
    /// Whether a break has to end it.
    open_ended: bool,
}

impl<'w, 'o> Container<'w, 'o> {
    fn open(writer: &'w mut Writer<'o>, major: u8, length: Option<usize>) -> Self {
        match length {
            Some(length) => push_head(writer.out, major, length as u64),
            None => writer.out.push((major << 5) | 31),
        }
        Self { writer, open_ended: length.is_none() }
    }

    fn close(self) {
        if self.open_ended {
            self.writer.out.push(0xff);
        }
    }
}

impl SerializeSeq for Container<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Container<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        key.serialize(&mut *self.writer)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        value.serialize(&mut *self.writer)
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
        push_text(self.writer.out, name);
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}
