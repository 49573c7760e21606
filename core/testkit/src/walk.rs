//! The one test that every operation passes because it is in the table.

use strongroom_api::Host;

use crate::{ACCOUNT, Stage, nobody};

/// A value that stands for every secret in a test; it must be found nowhere but in replies.
#[must_use]
pub fn planted() -> &'static str {
    "PLANTED-hunter2-VALUE"
}

/// For each operation of the table: a caller without permissions is refused, a malformed and a
/// mistyped body get a 400, and each of these leaves exactly one record, without planted values.
///
/// `public` names the operations that nobody needs a permission for.
pub async fn every_operation_is_guarded_and_recorded(
    host: &dyn Host,
    stage: &Stage,
    public: &[&str],
) {
    let denied = stage.as_caller(nobody(ACCOUNT));
    for operation in host.operations() {
        let name = operation.name;
        stage.tape.clear();
        let outcome = denied.call(host, name, operation.example).await;
        if !public.contains(&name) {
            let refusal = outcome.expect_err(&format!("{name} must refuse a denied caller"));
            assert_eq!(refusal.code, "AccessDeniedException", "{name}: {}", refusal.message);
        }
        one_record(stage, operation.event, "a denied call");

        for (body, what) in [
            (&b"{\"a\":"[..], "a truncated body"),
            (b"[]", "a body that is a list"),
            (b"{\"x\":\"\xff\"}", "a body that is not UTF-8"),
        ] {
            stage.tape.clear();
            let refusal = stage
                .call_bytes(host, name, body)
                .await
                .expect_err(&format!("{name} must refuse {what}"));
            assert_eq!((refusal.code.as_str(), refusal.status), ("SerializationException", 400));
            one_record(stage, operation.event, what);
        }
    }
}

fn one_record(stage: &Stage, name: &str, what: &str) {
    let records = stage.tape.records();
    let of_this = records.iter().filter(|record| record["eventName"] == name).count();
    assert_eq!(of_this, 1, "{name}: {what} must leave one record, left {records:?}");
    assert!(!stage.tape.text().contains(planted()), "{name}: {what} left a secret on record");
}
