//! Digests: signed, chained, and what they find.

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use strongroom_trail::{
    DigestKey, Draft, Expectations, Problem, ProblemKind, Remembered, Signed, Trail, hex,
    retirable, retire, verify, write_digest, write_keys,
};

use crate::{event, open, segments};

struct Signer(KeyPair);

impl Signer {
    fn new() -> Self {
        Self(KeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
        signature
    }

    fn key(&self, before: Option<&Signer>) -> DigestKey {
        let public = self.0.public_key().as_ref();
        let mut key = DigestKey {
            fingerprint: hex(&digest(&SHA256, public).as_ref()[..16]),
            public_key: hex(public),
            from: 0,
            to: i64::MAX,
            endorsement: None,
        };
        key.endorsement = before.map(|before| hex(&before.sign(&key.endorsed())));
        key
    }

    fn digest(&self, trail: &Trail, folder: &Path) -> Signed {
        let begins_after = retirable(folder, 0).unwrap();
        let draft = Draft {
            position: trail.position(),
            begins_after,
            now_ms: 1_769_854_830_000,
            fingerprint: self.key(None).fingerprint,
            replaces: None,
        };
        write_digest(folder, draft, |text| Ok(self.sign(text))).unwrap()
    }
}

/// Twelve records in three segments and three digests of them.
struct World {
    folder: tempfile::TempDir,
    signer: Signer,
    digests: Vec<Signed>,
}

fn world() -> World {
    let (folder, signer) = (tempfile::tempdir().unwrap(), Signer::new());
    write_keys(folder.path(), &[signer.key(None)]).unwrap();
    let trail = open(folder.path(), 4);
    let mut digests = Vec::new();
    for number in 1..=12 {
        trail.append(&event(number)).unwrap();
        if number % 4 == 3 {
            digests.push(signer.digest(&trail, folder.path()));
        }
    }
    trail.close().unwrap();
    World { folder, signer, digests }
}

fn problem(folder: &Path, expected: &Expectations) -> Option<Problem> {
    verify(folder, expected).unwrap().problem
}

fn found(folder: &Path) -> (PathBuf, ProblemKind) {
    let problem = problem(folder, &Expectations::default()).expect("it goes unnoticed");
    (problem.file, problem.kind)
}

#[test]
fn digests_are_verified_with_the_trail() {
    let world = world();
    let report = verify(world.folder.path(), &Expectations::default()).unwrap();
    assert_eq!((report.records, report.digests, report.problem), (12, 3, None));
    let last = report.last_digest.unwrap();
    assert_eq!(last.digest.position.sequence, 11);
    assert_eq!(last.digest.digest_end_time, "2026-01-31T10:20:30Z");
    assert_eq!(last.digest.previous_digest_signature, Some(world.digests[1].signature.clone()));
}

#[test]
fn any_flipped_bit_of_a_digest_is_found() {
    let world = world();
    let path = &world.digests[1].file;
    let content = fs::read(path).unwrap();
    for at in 0..content.len() {
        let mut altered = content.clone();
        altered[at] ^= 1 << (at % 7);
        fs::write(path, &altered).unwrap();
        // A hex digit may be of either case, which says the same; the next digest repeats it.
        let (file, kind) = found(world.folder.path());
        assert!(file == *path || file == world.digests[2].file, "byte {at}: {kind:?}");
    }
}

#[test]
fn a_missing_digest_is_found() {
    let world = world();
    fs::remove_file(&world.digests[1].file).unwrap();
    let kind = ProblemKind::DigestMissing { number: 2 };
    assert_eq!(found(world.folder.path()), (world.digests[2].file.clone(), kind));
}

#[test]
fn a_trail_that_was_written_anew_does_not_fit_its_digests() {
    let world = world();
    for segment in segments(world.folder.path()) {
        fs::remove_file(segment).unwrap();
    }
    fs::remove_file(world.folder.path().join("head.json")).unwrap();
    let trail = open(world.folder.path(), 4);
    for number in 101..=112 {
        trail.append(&event(number)).unwrap();
    }
    trail.close().unwrap();
    let problem = problem(world.folder.path(), &Expectations::default()).unwrap();
    assert_eq!((problem.sequence, problem.kind), (Some(3), ProblemKind::Rewritten));
}

#[test]
fn an_end_cut_off_is_found_up_to_the_last_digest() {
    let world = world();
    fs::remove_file(world.folder.path().join("head.json")).unwrap();
    fs::remove_file(segments(world.folder.path()).pop().unwrap()).unwrap();
    let kind = ProblemKind::CutOff { from: 9, to: 11 };
    assert_eq!(found(world.folder.path()).1, kind);
}

#[test]
fn a_trail_that_was_rolled_back_is_found_against_a_remembered_digest() {
    let world = world();
    let last = &world.digests[2];
    fs::remove_file(&last.file).unwrap();
    fs::remove_file(world.folder.path().join("head.json")).unwrap();
    assert_eq!(problem(world.folder.path(), &Expectations::default()), None, "alone, who can tell");
    let digest = Remembered { number: 3, signature: last.signature.clone() };
    let expected = Expectations { digest: Some(digest), ..Expectations::default() };
    let problem = problem(world.folder.path(), &expected).unwrap();
    assert_eq!(problem.kind, ProblemKind::RolledBack { from: 3, to: 3 });
    assert_eq!(problem.file, world.digests[1].file);
}

#[test]
fn another_key_is_trusted_only_if_the_one_before_endorses_it() {
    let world = world();
    let (folder, next) = (world.folder.path(), Signer::new());
    let trail = open(folder, 4);
    let digest = next.digest(&trail, folder);
    trail.close().unwrap();
    let first = world.signer.key(None);
    for (keys, kind) in [
        (vec![first.clone(), next.key(Some(&world.signer))], None),
        (vec![first.clone(), next.key(None)], Some(ProblemKind::DigestOfUnknownKey)),
        (vec![first.clone(), next.key(Some(&next))], Some(ProblemKind::DigestOfUnknownKey)),
    ] {
        write_keys(folder, &keys).unwrap();
        let problem = problem(folder, &Expectations::default());
        assert!(problem.as_ref().is_none_or(|problem| problem.file == digest.file));
        assert_eq!(problem.map(|problem| problem.kind), kind);
    }
}

#[test]
fn everything_signed_anew_with_another_key_is_found_by_who_remembers_the_first() {
    let world = world();
    let (folder, forger) = (world.folder.path(), Signer::new());
    world.digests.iter().for_each(|one| fs::remove_file(&one.file).unwrap());
    write_keys(folder, &[forger.key(None)]).unwrap();
    let trail = open(folder, 4);
    forger.digest(&trail, folder);
    trail.close().unwrap();
    assert_eq!(problem(folder, &Expectations::default()), None, "alone, who can tell");
    let key = Some(world.signer.key(None).fingerprint);
    let expected = Expectations { key, ..Expectations::default() };
    assert_eq!(problem(folder, &expected).unwrap().kind, ProblemKind::DigestOfUnknownKey);
}

#[test]
fn a_trail_begins_where_its_last_digest_says_it_was_retired_to() {
    let world = world();
    let folder = world.folder.path();
    let begins_after = retirable(folder, 1_769_854_831_000).unwrap().unwrap();
    let trail = open(folder, 4);
    let draft = Draft {
        position: trail.position(),
        begins_after: Some(begins_after),
        now_ms: 1_769_854_830_000,
        fingerprint: world.signer.key(None).fingerprint,
        replaces: None,
    };
    trail.close().unwrap();
    write_digest(folder, draft, |text| Ok(world.signer.sign(text))).unwrap();
    // Killed before anything is deleted, then while it is, then done.
    let all = segments(folder);
    assert_eq!(problem(folder, &Expectations::default()), None);
    fs::remove_file(&all[0]).unwrap();
    assert_eq!(problem(folder, &Expectations::default()), None);
    retire(folder, &begins_after).unwrap();
    let report = verify(folder, &Expectations::default()).unwrap();
    assert_eq!((report.records, report.problem), (4, None));
    fs::remove_file(&all[2]).unwrap();
    assert!(problem(folder, &Expectations::default()).is_some(), "retired too much");
}
