//! Writes replies as JSON, and calls as their audit form.
//!
//! One writer, two modes. *Wire*: members as the model names them, times as seconds, blobs as base64,
//! sensitive values as they are. *Audit*: members as CloudTrail names them (`secretId`), and sensitive
//! members left out altogether, as AWS does.

mod escape;
mod writer;

use serde::Serialize;

pub use escape::push_string;
pub use writer::Unwritable;

use writer::{Mode, Writer};

/// Appends `value` to `out` as a reply on the wire.
///
/// # Errors
/// [`Unwritable`] for types that no AWS reply has (a map with keys that are no text).
pub fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), Unwritable> {
    value.serialize(&mut Writer::new(out, Mode::Wire))
}

/// Appends the audit form of `value` to `out`. `None` of `only` keeps every member that is not
/// sensitive; otherwise just the members of the outermost structure named there (model names).
///
/// # Errors
/// As [`write`].
pub fn write_audit<T: Serialize + ?Sized>(
    value: &T,
    only: Option<&'static [&'static str]>,
    out: &mut Vec<u8>,
) -> Result<(), Unwritable> {
    value.serialize(&mut Writer::new(out, Mode::Audit { only }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;
    use crate::{Blob, Reply, Sensitive, Timestamp};

    #[derive(Reply)]
    struct Output {
        #[shape(name = "ARN")]
        arn: String,
        name: Option<String>,
        secret_string: Sensitive<String>,
        secret_binary: Option<Sensitive<Blob>>,
        created_date: Timestamp,
        version_stages: Vec<String>,
        stages: BTreeMap<String, Vec<String>>,
        ratio: f64,
        on: bool,
    }

    fn output() -> Output {
        Output {
            arn: "arn:x".into(),
            name: None,
            secret_string: Sensitive::new("a\"b\n\u{1}ü".into()),
            secret_binary: Some(Sensitive::new(Blob(b"footest".to_vec()))),
            created_date: Timestamp::from_millis(1_500),
            version_stages: vec!["AWSCURRENT".into(), "x".into()],
            stages: [("v1".to_owned(), vec!["A".to_owned()])].into(),
            ratio: 0.5,
            on: true,
        }
    }

    #[test]
    fn a_reply_has_model_names_and_no_nulls() {
        let mut out = Vec::new();
        write(&output(), &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"ARN":"arn:x","SecretString":"a\"b\n\u0001ü","SecretBinary":"Zm9vdGVzdA==","#
                .to_owned()
                + r#""CreatedDate":1.5,"VersionStages":["AWSCURRENT","x"],"Stages":{"v1":["A"]},"Ratio":0.5,"On":true}"#
        );
    }

    #[test]
    fn the_audit_form_has_no_sensitive_member_and_cloudtrails_names() {
        let mut out = Vec::new();
        write_audit(&output(), None, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"arn":"arn:x","createdDate":"Jan 1, 1970, 12:00:01 AM","#.to_owned()
                + r#""versionStages":["AWSCURRENT","x"],"stages":{"v1":["A"]},"ratio":0.5,"on":true}"#
        );
    }

    #[test]
    fn the_audit_form_can_keep_chosen_members_only() {
        let mut out = Vec::new();
        write_audit(&output(), Some(&["ARN"]), &mut out).unwrap();
        assert_eq!(out, br#"{"arn":"arn:x"}"#);
    }

    #[test]
    fn a_sensitive_item_of_a_list_is_left_out_of_the_audit_form() {
        let list = vec![Sensitive::new("hunter2".to_owned())];
        let mut out = Vec::new();
        write_audit(&list, None, &mut out).unwrap();
        assert_eq!(out, b"[]");
    }
}
