//! Renewals as they happen: whole, in halves, and with files that are no good.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::date;
use rustls_pki_types::CertificateDer;

use super::*;
use crate::tls;

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// 2026-03-01.
const NOW: i64 = 1_772_323_200_000;

/// Files that are served, and pairs to put in their place.
struct Scene {
    folder: tempfile::TempDir,
    files: Files,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let served = folder.path().join("served");
        fs::create_dir(&served).unwrap();
        let files = tls::Generated::in_folder(&served).server;
        let scene = Self { folder, files };
        let first = scene.pair("first", date(2026, 1, 1));
        scene.put(&first.certificate, &scene.files.certificate);
        scene.put(&first.key, &scene.files.key);
        scene
    }

    /// A pair of `day`, good for 820 days.
    fn pair(&self, name: &str, day: jiff::civil::Date) -> Files {
        let folder = self.folder.path().join(name);
        tls::init(&folder, &["localhost".to_owned()], day).unwrap().server
    }

    fn put(&self, from: &Path, to: &Path) {
        let beside = to.with_extension("new");
        fs::copy(from, &beside).unwrap();
        fs::rename(&beside, to).unwrap();
    }

    fn renew(&self, pair: &Files) {
        self.put(&pair.certificate, &self.files.certificate);
        self.put(&pair.key, &self.files.key);
    }

    fn certificate(&self) -> Certificate {
        let clock = Arc::new(Hand(AtomicI64::new(NOW)));
        Certificate::new(self.files.clone(), clock).unwrap()
    }
}

fn shown(certificate: &Certificate) -> Vec<CertificateDer<'static>> {
    certificate.shown.load().chain.clone()
}

fn is_refusing(certificate: &Certificate) -> bool {
    certificate.seen.lock().unwrap().complaint.is_some()
}

#[test]
fn a_renewed_pair_is_taken_up() {
    let scene = Scene::new();
    let certificate = scene.certificate();
    let (before, ended) = (shown(&certificate), certificate.ends());
    certificate.look();
    assert_eq!(shown(&certificate), before);

    scene.renew(&scene.pair("second", date(2026, 2, 1)));
    certificate.look();
    assert_ne!(shown(&certificate), before);
    assert_eq!(certificate.ends().millis() - ended.millis(), 31 * 86_400_000);
}

#[test]
fn between_the_two_files_of_a_renewal_the_old_pair_stays() {
    for key_first in [false, true] {
        let scene = Scene::new();
        let certificate = scene.certificate();
        let before = shown(&certificate);
        let second = scene.pair("second", date(2026, 2, 1));
        let mut halves =
            [(&second.certificate, &scene.files.certificate), (&second.key, &scene.files.key)];
        if key_first {
            halves.reverse();
        }
        scene.put(halves[0].0, halves[0].1);
        certificate.look();
        assert_eq!(shown(&certificate), before);
        assert!(is_refusing(&certificate));

        scene.put(halves[1].0, halves[1].1);
        certificate.look();
        assert_ne!(shown(&certificate), before);
        assert!(!is_refusing(&certificate));
    }
}

#[test]
fn files_that_are_cut_off_empty_or_gone_are_refused() {
    let scene = Scene::new();
    let certificate = scene.certificate();
    let before = shown(&certificate);
    let second = scene.pair("second", date(2026, 2, 1));
    let whole = fs::read(&second.certificate).unwrap();
    scene.put(&second.key, &scene.files.key);
    for end in [0, 10, whole.len() / 2, whole.len() - 20] {
        fs::write(&scene.files.certificate, &whole[..end]).unwrap();
        certificate.look();
        assert_eq!(shown(&certificate), before, "{end}");
        assert!(is_refusing(&certificate), "{end}");
    }
    fs::remove_file(&scene.files.certificate).unwrap();
    certificate.look();
    assert!(is_refusing(&certificate));
    fs::write(&scene.files.certificate, &whole).unwrap();
    certificate.look();
    assert_ne!(shown(&certificate), before);
}

/// The file system's clock may be too coarse to tell two writes apart.
#[test]
fn a_pair_that_was_refused_is_tried_again_even_if_nothing_seems_to_have_changed() {
    let scene = Scene::new();
    let certificate = scene.certificate();
    let before = shown(&certificate);
    scene.renew(&scene.pair("second", date(2026, 2, 1)));
    let mut seen = certificate.seen.lock().unwrap();
    seen.stamps = stamps(&scene.files);
    seen.complaint = Some(Failure::new("half of it was there"));
    drop(seen);
    certificate.look();
    assert_ne!(shown(&certificate), before);
}

#[test]
fn what_has_ended_already_does_not_replace_what_is_still_good() {
    let scene = Scene::new();
    let certificate = scene.certificate();
    let before = shown(&certificate);
    scene.renew(&scene.pair("old", date(2020, 1, 1)));
    certificate.look();
    certificate.read_again();
    assert_eq!(shown(&certificate), before);
    assert!(is_refusing(&certificate));
}

#[test]
fn a_link_that_is_turned_to_another_folder_is_a_renewal() {
    let scene = Scene::new();
    let (first, second) = (scene.pair("a", date(2026, 1, 1)), scene.pair("b", date(2026, 2, 1)));
    let link = scene.folder.path().join("current");
    let turn = |to: &Files| {
        let beside = scene.folder.path().join("turning");
        std::os::unix::fs::symlink(to.certificate.parent().unwrap(), &beside).unwrap();
        fs::rename(&beside, &link).unwrap();
    };
    turn(&first);
    let files = tls::Generated::in_folder(&link).server;
    let certificate = Certificate::new(files, Arc::new(Hand(AtomicI64::new(NOW)))).unwrap();
    let before = shown(&certificate);
    turn(&second);
    certificate.look();
    assert_ne!(shown(&certificate), before);
}

#[test]
fn asking_reads_the_files_at_once_and_keeps_what_is_the_same() {
    let scene = Scene::new();
    let certificate = scene.certificate();
    let before = certificate.shown.load_full();
    certificate.read_again();
    assert!(Arc::ptr_eq(&before, &certificate.shown.load_full()));
    scene.renew(&scene.pair("second", date(2026, 2, 1)));
    certificate.read_again();
    assert!(!Arc::ptr_eq(&before, &certificate.shown.load_full()));
}

#[test]
fn the_names_are_those_that_the_certificate_is_for() {
    let scene = Scene::new();
    let names = ["Secrets.Example.com", "*.example.org", "127.0.0.1", "::1"].map(str::to_owned);
    let folder = scene.folder.path().join("named");
    let pair = tls::init(&folder, &names, date(2026, 1, 1)).unwrap().server;
    scene.renew(&pair);
    let expected = ["secrets.example.com", "*.example.org", "127.0.0.1", "[::1]"];
    assert_eq!(scene.certificate().names(), expected);
}
