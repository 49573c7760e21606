//! What the caller of an unreadable credential is told, to the letter; and all codes.

use strongroom_sigv4::{Family, Refusal, parse};

use crate::request::{Request, authorized, vanilla};

fn presigned(query: &str) -> Request {
    let target = format!("/?{query}");
    Request::new("GET", &target, &[("host", "example.amazonaws.com")], b"")
}

#[track_caller]
fn assert_incomplete(request: &Request, text: &str) {
    let refusal = parse(&request.head()).unwrap_err();
    assert_eq!(refusal, Refusal::Incomplete(text.into()));
    assert_eq!(refusal.message(Family::Json), text);
}

#[test]
fn codes_and_statuses_follow_the_protocol() {
    use Family::{Json, Query, RestJson};
    let expired = Refusal::Expired { signed: 0, now: 1000, skew_seconds: 300 };
    for (refusal, json, query, rest_json) in [
        (
            Refusal::MissingToken,
            (400, "MissingAuthenticationTokenException"),
            (403, "MissingAuthenticationToken"),
            (403, "MissingAuthenticationTokenException"),
        ),
        (
            Refusal::Incomplete(String::new()),
            (400, "IncompleteSignatureException"),
            (400, "IncompleteSignature"),
            (403, "IncompleteSignatureException"),
        ),
        (
            Refusal::UnknownKey,
            (400, "UnrecognizedClientException"),
            (403, "InvalidClientTokenId"),
            (403, "UnrecognizedClientException"),
        ),
        (
            Refusal::ExpiredToken,
            (400, "ExpiredTokenException"),
            (403, "ExpiredToken"),
            (403, "ExpiredTokenException"),
        ),
        (
            expired,
            (400, "InvalidSignatureException"),
            (403, "SignatureDoesNotMatch"),
            (403, "InvalidSignatureException"),
        ),
        (
            Refusal::RequestExpired,
            (400, "RequestExpired"),
            (400, "RequestExpired"),
            (400, "RequestExpired"),
        ),
    ] {
        let of = |family| (refusal.status(family), refusal.code(family));
        assert_eq!([of(Json), of(Query), of(RestJson)], [json, query, rest_json], "{refusal:?}");
    }
}

#[test]
fn a_request_without_credentials_is_told_so_in_the_protocols_words() {
    let mut request = vanilla();
    request.headers.remove("authorization");
    assert!(parse(&request.head()).unwrap().is_none());
    let text = |family| Refusal::MissingToken.message(family).into_owned();
    assert_eq!(text(Family::Json), "Missing Authentication Token");
    assert_eq!(text(Family::RestJson), "Missing Authentication Token");
    assert_eq!(text(Family::Query), "Request is missing Authentication Token");
}

#[test]
fn keys_and_tokens_are_refused_in_aws_words() {
    let text = |refusal: Refusal| refusal.message(Family::Json).into_owned();
    let invalid = "The security token included in the request is invalid.";
    assert_eq!(text(Refusal::UnknownKey), invalid);
    let expired = "The security token included in the request is expired";
    assert_eq!(text(Refusal::ExpiredToken), expired);
}

#[test]
fn every_missing_part_of_the_header_gets_its_sentence() {
    let mut request = authorized("AWS4-HMAC-SHA256 x=y");
    request.headers.remove("x-amz-date");
    assert_incomplete(
        &request,
        "Authorization header requires 'Credential' parameter. Authorization header requires \
         'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. \
         Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         Authorization=AWS4-HMAC-SHA256 x=y",
    );
    assert_incomplete(
        &authorized("AWS4-HMAC-SHA256 Signature=0,Credential=a/b/c/d/e"),
        "Authorization header requires 'SignedHeaders' parameter. \
         Authorization=AWS4-HMAC-SHA256 Signature=0,Credential=a/b/c/d/e",
    );
    let mut request = vanilla();
    request.headers.remove("x-amz-date");
    let header = request.headers["authorization"].to_str().unwrap();
    let text = format!(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         Authorization={header}"
    );
    assert_incomplete(&request, &text);
}

#[test]
fn a_part_without_equals_sign_is_quoted() {
    assert_incomplete(
        &authorized("AWS4-HMAC-SHA256 FooBar, BazBurp"),
        "'FooBar' not a valid key=value pair (missing equal-sign) in Authorization header: \
         'AWS4-HMAC-SHA256 FooBar, BazBurp'.",
    );
    assert_incomplete(
        &authorized("Bearer abc"),
        "'abc' not a valid key=value pair (missing equal-sign) in Authorization header: \
         'Bearer abc'.",
    );
}

#[test]
fn other_algorithms_are_refused_by_name() {
    for algorithm in ["AWS4-ECDSA-P256-SHA256", "AWS4-X509-MLDSA-SHA256", "AWS4-HMAC-SHA512"] {
        let text = format!("Unsupported AWS 'algorithm': '{algorithm}'");
        assert_incomplete(&authorized(&format!("{algorithm} Credential=a")), &text);
        let query = format!("X-Amz-Algorithm={algorithm}&X-Amz-Signature=0");
        assert_incomplete(&presigned(&query), &text);
    }
    let header = "Basic Credential=a/b/c/d/e,SignedHeaders=host,Signature=0";
    assert_incomplete(&authorized(header), "Unsupported AWS 'algorithm': 'Basic'");
}

#[test]
fn a_credential_has_five_elements() {
    for credential in ["AKID", "AK/ID/20150830/us-east-1/service/aws4_request", ""] {
        let header =
            format!("AWS4-HMAC-SHA256 Credential={credential},SignedHeaders=host,Signature=0");
        let text = format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{credential}'"
        );
        assert_incomplete(&authorized(&header), &text);
    }
}

#[test]
fn a_date_in_no_known_format_is_quoted() {
    let mut request = vanilla();
    request.set("x-amz-date", "2015/08/30T12/36/00Z");
    assert_incomplete(
        &request,
        "Date must be in ISO-8601 'basic format'. Got '2015/08/30T12/36/00Z'. See \
         http://en.wikipedia.org/wiki/ISO_8601",
    );
}

#[test]
fn every_missing_parameter_of_a_presigned_request_gets_its_sentence() {
    assert_incomplete(
        &presigned("X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string \
         parameters must include 'X-Amz-Signature'. AWS query-string parameters must include \
         'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. \
         Re-examine the query-string parameters.",
    );
    assert_incomplete(
        &presigned("X-Amz-Signature=0&X-Amz-Signature=0"),
        "AWS query-string parameter 'X-Amz-Signature' must be given once.",
    );
}

#[test]
fn the_life_of_a_presigned_request_is_at_most_a_week() {
    let request = |expires: &str| {
        presigned(&format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2Fb%2Fc%2Fd%2Fe\
             &X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0\
             &X-Amz-Expires={expires}"
        ))
    };
    let week = request("604800");
    assert_eq!(parse(&week.head()).unwrap().unwrap().expires(), Some(604_800));
    assert_incomplete(
        &request("604801"),
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires \
         must be less than 604800 seconds",
    );
    assert_incomplete(&request("-1"), "X-Amz-Expires must be non-negative");
    assert_incomplete(&request("1h"), "X-Amz-Expires should be a number");
}

#[test]
fn header_and_query_cannot_both_sign() {
    let mut request = vanilla();
    request.target = "/?X-Amz-Signature=0".into();
    let text = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, \
        Signature query string parameter or the Authorization header should be specified";
    assert_incomplete(&request, text);
    let mut request = vanilla();
    request.add("authorization", "Basic Zm9vOmJhcg==");
    assert_incomplete(&request, text);
}

#[test]
fn oversized_credentials_are_refused() {
    let long = "x".repeat(8193);
    assert!(matches!(parse(&authorized(&long).head()), Err(Refusal::Incomplete(_))));
    assert!(matches!(parse(&presigned(&long.repeat(9)).head()), Err(Refusal::Incomplete(_))));
    let names = (0..129).map(|n| format!("x{n:03}")).collect::<Vec<_>>();
    let mut request = vanilla();
    for name in &names {
        request.add(name, "1");
    }
    request.set(
        "authorization",
        &format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,\
             SignedHeaders=host;{},Signature=0",
            names.join(";")
        ),
    );
    assert_eq!(request.verify(), Err(Refusal::Mismatch));
}

#[test]
fn nothing_secret_is_shown_when_a_credential_is_printed() {
    let mut request = vanilla();
    request.add("x-amz-security-token", "very-secret-token");
    let head = request.head();
    let text = format!("{:?}", parse(&head).unwrap().unwrap());
    assert!(text.contains("AKIDEXAMPLE"), "{text}");
    assert!(!text.contains("very-secret-token") && !text.contains("5fa00fa3"), "{text}");
}
