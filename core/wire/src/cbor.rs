//! CBOR (RFC 8949) as Smithy's `rpc-v2-cbor` uses it: request bodies in, replies and errors out.

mod reader;
mod writer;

use serde::Serialize;

pub use reader::{MalformedCbor, read};

use crate::error::Error;
use crate::json::Unwritable;
use crate::protocol::Family;
use writer::Writer;

/// Appends `value` to `out` as a reply. The answer is false, and nothing is appended, for a value that
/// is no structure, which is how an operation without output says so.
///
/// # Errors
/// [`Unwritable`] for types that no AWS reply has.
pub fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<bool, Unwritable> {
    let before = out.len();
    let mut writer = Writer::new(out);
    value.serialize(&mut writer)?;
    if writer.structured {
        return Ok(true);
    }
    out.truncate(before);
    Ok(false)
}

/// The body of an error: its code, qualified by the namespace of the service's shapes, and what it says.
pub(crate) fn write_error(error: &Error, namespace: &str) -> Vec<u8> {
    let code = error.code(Family::Json);
    let qualified = match namespace {
        "" => code.to_owned(),
        namespace => [namespace, "#", code].concat(),
    };
    let mut members = vec![("__type", qualified.as_str()), (error.message_key(), error.message())];
    members.extend(error.member());
    let mut out = Vec::with_capacity(256);
    writer::push_head(&mut out, writer::MAP, members.len() as u64);
    for (name, text) in members {
        writer::push_text(&mut out, name);
        writer::push_text(&mut out, text);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{Blob, Reply, Sensitive, Timestamp, Value};

    #[derive(Reply)]
    struct Output {
        label: String,
        absent: Option<String>,
        sum: f64,
        count: i64,
        at: Timestamp,
        precise: Timestamp,
        on: bool,
        secret: Sensitive<Blob>,
        names: Vec<String>,
        tags: BTreeMap<String, i32>,
    }

    #[test]
    fn what_is_written_is_read_again() {
        let output = Output {
            label: "CallCount".into(),
            absent: None,
            sum: 0.1,
            count: -70_000,
            at: Timestamp::from_seconds(1_700_000_000),
            precise: Timestamp::from_millis(1_700_000_000_250),
            on: true,
            secret: Sensitive::new(Blob(vec![0, 255])),
            names: vec!["a".into(), String::new()],
            tags: [("k".to_owned(), 24)].into(),
        };
        let mut out = Vec::new();
        assert!(write(&output, &mut out).unwrap());
        let text = |text: &'static str| Value::Text(Cow::Borrowed(text));
        let expected = [
            ("Label", text("CallCount")),
            ("Sum", Value::Float(0.1)),
            ("Count", Value::Integer(-70_000)),
            ("At", Value::Integer(1_700_000_000)),
            ("Precise", Value::Float(1_700_000_000.25)),
            ("On", Value::Bool(true)),
            ("Secret", Value::Bytes(Cow::Borrowed(&[0, 255]))),
            ("Names", Value::List(vec![text("a"), text("")])),
            ("Tags", Value::Map(vec![("k".into(), Value::Integer(24))])),
        ];
        let expected = expected.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec();
        assert_eq!(read(&out).unwrap(), Value::Map(expected));
    }

    #[test]
    fn a_time_is_marked_as_one() {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        Timestamp::from_seconds(0).serialize(&mut writer).unwrap();
        assert_eq!(out, [0xc1, 0x00]);
    }

    #[test]
    fn nothing_is_written_for_an_operation_without_output() {
        let mut out = Vec::new();
        assert!(!write(&(), &mut out).unwrap());
        assert!(out.is_empty());
    }

    #[test]
    fn an_error_names_its_shape() {
        let error = Error::new("ResourceNotFound", "gone");
        let body = write_error(&error, "com.amazonaws.cloudwatch");
        let expected = Value::Map(vec![
            ("__type".into(), Value::Text("com.amazonaws.cloudwatch#ResourceNotFound".into())),
            ("message".into(), Value::Text("gone".into())),
        ]);
        assert_eq!(read(&body).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }

        #[test]
        fn every_number_survives(whole: i64, fraction: f64) {
            let mut out = Vec::new();
            let mut writer = Writer::new(&mut out);
            whole.serialize(&mut writer).unwrap();
            prop_assert_eq!(read(&out).unwrap(), Value::Integer(whole));
            let mut out = Vec::new();
            let mut writer = Writer::new(&mut out);
            fraction.serialize(&mut writer).unwrap();
            let Value::Float(read) = read(&out).unwrap() else { panic!("not a float") };
            prop_assert!(read == fraction || (read.is_nan() && fraction.is_nan()));
        }
    }
}
