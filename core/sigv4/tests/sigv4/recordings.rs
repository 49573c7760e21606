//! Requests as boto3 sends them: botocore 1.43.11, captured before sending, 2026-11-24.

use std::fs;
use std::path::Path;

use strongroom_sigv4::{Refusal, parse};

use crate::request::Request;
use crate::signer::TLS;

fn recordings() -> Vec<(String, Request)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigv4/recordings/botocore");
    let recordings: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, Request::from_text(&fs::read_to_string(path).unwrap()))
        })
        .collect();
    assert_eq!(recordings.len(), 12);
    recordings
}

fn verify(request: &Request) -> Result<(), Refusal> {
    let now = parse(&request.head())?.unwrap().timestamp().epoch_seconds();
    request.verify_at(now, &TLS)
}

#[test]
fn what_boto3_sends_verifies() {
    for (name, request) in recordings() {
        assert_eq!(verify(&request), Ok(()), "{name}: {request:?}");
    }
}

#[test]
fn another_body_or_path_does_not() {
    for (name, request) in recordings() {
        let mut changed = request.clone();
        changed.body.push(b' ');
        // S3 never covers the body of a presigned request.
        let covered = name != "s3-presigned";
        assert_eq!(verify(&changed).is_err(), covered, "{name}");
        let mut changed = request.clone();
        changed.target = changed.target.replacen('/', "/x", 1);
        assert_eq!(verify(&changed), Err(Refusal::Mismatch), "{name}");
    }
}
