//! The serde serializer that takes a reply apart.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Error as _, Impossible, Serialize, SerializeStruct, Serializer};

use super::{Place, Rest, Written};
use crate::json::{self, Unwritable};

/// `output` as status, headers and body.
pub(super) fn split<T: Serialize + ?Sized>(rest: &Rest, output: &T) -> Result<Written, Unwritable> {
    output.serialize(Splitter { rest })
}

/// Takes a structure, or nothing.
struct Splitter<'r> {
    rest: &'r Rest,
}

/// A structure whose members go where they belong.
struct Members<'r> {
    rest: &'r Rest,
    written: Written,
    first: bool,
}

impl Members<'_> {
    fn place(&self, name: &str) -> Option<Place> {
        self.rest.reply.iter().find(|(member, _)| *member == name).map(|(_, place)| *place)
    }

    fn has_payload(&self) -> bool {
        self.rest.reply.iter().any(|(_, place)| *place == Place::Payload)
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = Written;
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        let Some(place) = self.place(name) else {
            let body = &mut self.written.body;
            body.push(if self.first { b'{' } else { b',' });
            self.first = false;
            json::push_string(body, name);
            body.push(b':');
            return json::write(value, body);
        };
        let text = text(value)?;
        match place {
            Place::Status => {
                self.written.status = text.parse().map_err(Unwritable::custom)?;
            }
            Place::Header(header) => self.written.headers.push((header, text)),
            // Bytes are written as base64, as everywhere in JSON.
            Place::Payload => {
                self.written.body = STANDARD.decode(text).map_err(Unwritable::custom)?;
            }
            Place::Query(_) | Place::QueryOrBody(_) | Place::Queries(_) => {
                return Err(Unwritable::custom("a reply has no query string"));
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<Written, Unwritable> {
        if !self.has_payload() {
            if self.first {
                self.written.body.push(b'{');
            }
            self.written.body.push(b'}');
        }
        Ok(self.written)
    }
}

/// A member that is no structure, as text.
fn text<T: Serialize + ?Sized>(value: &T) -> Result<String, Unwritable> {
    let mut out = Vec::new();
    json::write(value, &mut out)?;
    match out.first() {
        Some(b'"') => serde_json::from_slice(&out).map_err(Unwritable::custom),
        _ => String::from_utf8(out).map_err(Unwritable::custom),
    }
}

macro_rules! refuse {
    ($($method:ident: $type:ty),* $(,)?) => {
        $(fn $method(self, _: $type) -> Result<Written, Unwritable> {
            Err(Unwritable::custom("a reply is a structure"))
        })*
    };
}

impl<'r> Serializer for Splitter<'r> {
    type Ok = Written;
    type Error = Unwritable;
    type SerializeSeq = Impossible<Written, Unwritable>;
    type SerializeTuple = Impossible<Written, Unwritable>;
    type SerializeTupleStruct = Impossible<Written, Unwritable>;
    type SerializeTupleVariant = Impossible<Written, Unwritable>;
    type SerializeMap = Impossible<Written, Unwritable>;
    type SerializeStruct = Members<'r>;
    type SerializeStructVariant = Impossible<Written, Unwritable>;

    refuse! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char,
        serialize_str: &str, serialize_bytes: &[u8], serialize_unit_struct: &'static str,
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'r>, Unwritable> {
        let written = Written { status: self.rest.status, ..Written::default() };
        Ok(Members { rest: self.rest, written, first: true })
    }

    fn serialize_unit(self) -> Result<Written, Unwritable> {
        Ok(Written { status: self.rest.status, ..Written::default() })
    }

    fn serialize_none(self) -> Result<Written, Unwritable> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Written, Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Written, Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<Written, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Written, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unwritable> {
        Err(Unwritable::custom("a reply is a structure"))
    }
}
