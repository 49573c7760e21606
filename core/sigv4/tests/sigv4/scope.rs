//! What the caller of a wrong date, scope or signature is told, to the letter.

use strongroom_sigv4::{Family, Refusal, Rules, check, parse};

use crate::request::{NOW, Request, authorized, vanilla};

#[track_caller]
fn assert_refused(request: &Request, rules: &Rules<'_>, text: &str) {
    let refusal = request.verify_at(NOW, rules).unwrap_err();
    assert_eq!(refusal.message(Family::Json), text);
    assert_eq!(refusal.code(Family::Json), "InvalidSignatureException");
    assert_eq!(refusal.code(Family::Query), "SignatureDoesNotMatch");
}

#[test]
fn the_clock_may_be_five_minutes_off_and_no_more() {
    let request = vanilla();
    let rules = Rules::default();
    for now in [NOW - 300, NOW, NOW + 300] {
        assert_eq!(request.verify_at(now, &rules), Ok(()));
    }
    let text = |now| request.verify_at(now, &rules).unwrap_err().message(Family::Json).into_owned();
    assert_eq!(
        text(NOW + 301),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \
         (20150830T124101Z - 5 min.)"
    );
    assert_eq!(
        text(NOW - 301),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z \
         (20150830T123059Z + 5 min.)"
    );
    let wide = Rules { skew_seconds: 900, ..rules };
    assert_eq!(request.verify_at(NOW + 900, &wide), Ok(()));
    for now in [i64::MIN, i64::MAX] {
        assert!(!text(now).is_empty());
    }
}

#[test]
fn all_faults_of_the_scope_are_told_at_once() {
    let request = authorized(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150829/us-east-2/kms/x, \
         SignedHeaders=host;x-amz-date, Signature=0",
    );
    let regions = ["us-east-1".to_owned()];
    let rules =
        Rules { regions: &regions, expected_service: Some("secretsmanager"), ..Rules::default() };
    assert_refused(
        &request,
        &rules,
        "Credential should be scoped to a valid region, not 'us-east-2'. Credential should be \
         scoped to correct service: 'secretsmanager'. Credential should be scoped with a valid \
         terminator: 'aws4_request', not 'x'. Date in Credential scope does not match YYYYMMDD \
         from ISO-8601 version of date from HTTP: '20150829' != '20150830', from \
         '20150830T123600Z'.",
    );
}

#[test]
fn each_fault_of_the_scope_has_its_text() {
    let request = |credential: &str| {
        authorized(&format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{credential}, \
             SignedHeaders=host;x-amz-date, Signature=0"
        ))
    };
    let regions = ["us-east-1".to_owned(), "eu-west-1".to_owned()];
    let rules = Rules { regions: &regions, expected_service: Some("service"), ..Rules::default() };
    for (credential, text) in [
        (
            "20150830/us-east-2/service/aws4_request",
            "Credential should be scoped to a valid region, not 'us-east-2'. ",
        ),
        (
            "20150830/eu-west-1/kms/aws4_request",
            "Credential should be scoped to correct service: 'service'. ",
        ),
        (
            "20150830/us-east-1/service/aws3_request",
            "Credential should be scoped with a valid terminator: 'aws4_request', not \
             'aws3_request'.",
        ),
        (
            "20150829/us-east-1/service/aws4_request",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '20150829' != '20150830', from '20150830T123600Z'.",
        ),
        (
            "20150830/us-east-1/service/aws4_request",
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        ),
    ] {
        assert_refused(&request(credential), &rules, text);
    }
}

#[test]
fn the_host_and_a_session_token_must_be_signed() {
    let request = authorized(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders=x-amz-date, Signature=0",
    );
    assert_refused(
        &request,
        &Rules::default(),
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
    let mut request = vanilla();
    request.add("x-amz-security-token", "token");
    assert_refused(
        &request,
        &Rules::default(),
        "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization.",
    );
}

#[test]
fn an_expired_clock_is_told_before_a_wrong_scope_and_that_before_a_wrong_signature() {
    let request = authorized(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150829/us-east-1/service/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=0",
    );
    let head = request.head();
    let signed = parse(&head).unwrap().unwrap();
    let rules = Rules::default();
    assert!(matches!(check(&signed, NOW + 301, &rules), Err(Refusal::Expired { .. })));
    assert!(matches!(check(&signed, NOW, &rules), Err(Refusal::Scope(_))));
    assert!(matches!(request.verify(), Err(Refusal::Scope(_))));
}
