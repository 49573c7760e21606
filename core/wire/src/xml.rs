//! Writes replies of the query protocol as XML.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use crate::double;
use crate::json::Unwritable;
use crate::timestamp::{TIMESTAMP, Timestamp};

/// Appends the members of `value`, a structure, to `out`. The answer is false for a value that is no
/// structure, which is how an operation without output says so.
///
/// Lists are wrapped in `<member>`, maps in `<entry><key/><value/></entry>`, as every service of the
/// query protocol that we serve wants it.
///
/// # Errors
/// [`Unwritable`] for types that no AWS reply has.
pub fn write<T: Serialize + ?Sized>(value: &T, out: &mut String) -> Result<bool, Unwritable> {
    let mut writer = Writer { out, time: false, structured: false };
    value.serialize(&mut writer)?;
    Ok(writer.structured)
}

/// Appends `text` with everything escaped that XML would misread, control characters included.
pub fn push_text(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            // XML 1.0 has no way to write these; AWS's own writers drop them, too.
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
}

struct Writer<'o> {
    out: &'o mut String,
    /// The number to come is the inside of a [`Timestamp`].
    time: bool,
    structured: bool,
}

impl Writer<'_> {
    fn element(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Self) -> Result<(), Unwritable>,
    ) -> Result<(), Unwritable> {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        write(self)?;
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        Ok(())
    }

    fn display(&mut self, value: impl fmt::Display) -> Result<(), Unwritable> {
        push_text(self.out, &value.to_string());
        Ok(())
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
        self.display(v)
    }

    fn serialize_i64(self, v: i64) -> Result<(), Unwritable> {
        if std::mem::take(&mut self.time) {
            Timestamp::from_millis(v).push_iso8601(self.out);
            return Ok(());
        }
        self.display(v)
    }

    fn serialize_u64(self, v: u64) -> Result<(), Unwritable> {
        self.display(v)
    }

    fn serialize_f64(self, v: f64) -> Result<(), Unwritable> {
        match double::name(v) {
            Some(name) => self.display(name),
            None => self.display(v),
        }
    }

    fn serialize_str(self, v: &str) -> Result<(), Unwritable> {
        push_text(self.out, v);
        Ok(())
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<(), Unwritable> {
        STANDARD.encode_string(v, self.out);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
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

    fn serialize_seq(self, _: Option<usize>) -> Result<Container<'w, 'o>, Unwritable> {
        Ok(Container(self))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Container<'w, 'o>, Unwritable> {
        Ok(Container(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Container<'w, 'o>, Unwritable> {
        self.structured = true;
        Ok(Container(self))
    }
}

/// An open list, map or structure.
struct Container<'w, 'o>(&'w mut Writer<'o>);

impl SerializeSeq for Container<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.0.element("member", |writer| value.serialize(writer))
    }

    fn end(self) -> Result<(), Unwritable> {
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
        self.0.element(name, |writer| value.serialize(writer))
    }

    fn end(self) -> Result<(), Unwritable> {
        Ok(())
    }
}

impl SerializeMap for Container<'_, '_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Unwritable> {
        Err(ser::Error::custom("a map written key by key"))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Unwritable> {
        Err(ser::Error::custom("a map written key by key"))
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Unwritable> {
        self.0.element("entry", |writer| {
            writer.element("key", |writer| key.serialize(writer))?;
            writer.element("value", |writer| value.serialize(writer))
        })
    }

    fn end(self) -> Result<(), Unwritable> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{Reply, Sensitive};

    #[derive(Reply)]
    struct Output {
        user_name: String,
        secret_access_key: Sensitive<String>,
        create_date: Timestamp,
        tags: Vec<String>,
        path: Option<String>,
    }

    #[test]
    fn a_reply_has_members_in_elements_and_text_escaped() {
        let output = Output {
            user_name: "<a&b>\r".into(),
            secret_access_key: Sensitive::new("k".into()),
            create_date: Timestamp::from_seconds(0),
            tags: vec!["x".into()],
            path: None,
        };
        let mut out = String::new();
        write(&output, &mut out).unwrap();
        assert_eq!(
            out,
            "<UserName>&lt;a&amp;b&gt;&#xD;</UserName><SecretAccessKey>k</SecretAccessKey>\
             <CreateDate>1970-01-01T00:00:00Z</CreateDate><Tags><member>x</member></Tags>"
        );
    }
}
