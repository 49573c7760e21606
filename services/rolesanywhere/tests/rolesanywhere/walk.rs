//! The test that every operation passes because it is in the table.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Caller, Circumstances, Details, Hosted, PrincipalKind, Result};
use strongroom_rolesanywhere::sessions::{Request, Session, Sessions};
use strongroom_rolesanywhere::{OPERATIONS, RolesAnywhere};
use strongroom_testkit::{Stage, every_operation_is_guarded_and_recorded, records};

/// Nobody gets a session here.
struct NoSessions;

impl Sessions for NoSessions {
    fn assume<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        _: Request<'a>,
    ) -> BoxFuture<'a, Result<Option<Session>>> {
        Box::pin(async { Ok(None) })
    }
}

fn host() -> Hosted<RolesAnywhere> {
    Hosted::new(Arc::new(RolesAnywhere::new(records(1), Arc::new(NoSessions))), OPERATIONS)
}

#[tokio::test]
async fn every_operation_is_guarded() {
    let public = ["CreateSession"];
    every_operation_is_guarded_and_recorded(&host(), &Stage::new(1), &public).await;
}

#[tokio::test]
async fn a_session_is_for_who_has_signed_with_the_certificate_that_is_shown() {
    let (host, stage) = (host(), Stage::new(1));
    let key = rcgen::KeyPair::generate().unwrap();
    let shown = rcgen::CertificateParams::default().self_signed(&key).unwrap();
    let shown = data_encoding::BASE64.encode(shown.der());
    let arn = "arn:aws:rolesanywhere:us-east-1:123456789012";
    let id = "0f0e0d0c-0b0a-4908-8706-050403020100";
    let body = format!(
        r#"{{"roleArn": "arn:aws:iam::123456789012:role/web", "certificate": "{shown}",
            "profileArn": "{arn}:profile/{id}", "trustAnchorArn": "{arn}:trust-anchor/{id}"}}"#
    );
    let anonymous =
        |id: &str| Caller::new(PrincipalKind::Anonymous, "", "anonymous", id, Details::default());
    for caller in [anonymous("anonymous"), anonymous(""), Caller::root("123456789012", None)] {
        let refusal =
            stage.as_caller(caller).call(&host, "CreateSession", &body).await.unwrap_err();
        assert_eq!(
            (&*refusal.code, &*refusal.message),
            ("AccessDeniedException", "Invalid signature")
        );
    }
}
