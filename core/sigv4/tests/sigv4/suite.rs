//! AWS's own test suite for Signature Version 4.

use std::fs;
use std::path::{Path, PathBuf};

use strongroom_sigv4::{Form, Refusal, parse};

use crate::request::Request;

fn cases() -> Vec<PathBuf> {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigv4/aws-signing-test-suite");
    let mut cases: Vec<_> = fs::read_dir(suite)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert_eq!(cases.len(), 38);
    cases
}

fn check_each(file: &str, form: Form, expected: impl Fn(&str) -> Result<(), Refusal>) {
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap();
        let request = Request::from_text(&fs::read_to_string(case.join(file)).unwrap());
        let head = request.head();
        assert_eq!(parse(&head).unwrap().unwrap().form(), form, "{name}");
        assert_eq!(request.verify(), expected(name), "{name}: {request:?}");
    }
}

#[test]
fn requests_signed_in_a_header_verify() {
    check_each("header-signed-request.txt", Form::Header, |name| match name {
        // The token was added after signing, which is accepted in a query string only.
        "post-sts-header-after" => Err(Refusal::UnsignedHeader("'X-Amz-Security-Token'")),
        _ => Ok(()),
    });
}

#[test]
fn presigned_requests_verify_even_if_the_token_was_added_after_signing() {
    check_each("query-signed-request.txt", Form::Query, |_| Ok(()));
}

#[test]
fn no_request_of_the_suite_verifies_with_another_method() {
    for case in cases() {
        for file in ["header-signed-request.txt", "query-signed-request.txt"] {
            let mut request = Request::from_text(&fs::read_to_string(case.join(file)).unwrap());
            request.method = "PUT".into();
            assert!(request.verify().is_err(), "{case:?}");
        }
    }
}

#[test]
fn the_worked_example_of_the_documentation_verifies() {
    let request = Request::new(
        "GET",
        "/",
        &[
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 \
                 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders=host;x-amz-date, \
                 Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
        ],
        b"",
    );
    assert_eq!(request.verify(), Ok(()));
}
