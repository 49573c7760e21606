//! What earlier versions wrote stays readable, and today's format does not change by accident.
//!
//! `tests/fixtures/format-1` holds a seal with its three keys, a keyring of two generations and
//! values sealed by both. The keys in it guard nothing.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use strongroom_seal::{
    Candidate, Keyring, KeyringRecord, RootKey, SealRecord, SeededEntropy, SystemEntropy,
};

use crate::{key_file, passphrase};

const KEY_FILE: u8 = 0x11;
const PASSPHRASE: &str = "a passphrase for format one";
const CREDENTIAL: &[u8] = b"8f1d0c5b7a3e42968f1d0c5b7a3e42968f1d0c5b7a3e42968f1d0c5b7a3e4296\n";
const RECORD_KEY: &str = "123456789012/us-east-1/secretsmanager/secret/prod/db";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format-1")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

/// The files of the fixture, as today's code makes them.
fn written_today() -> Vec<(&'static str, Vec<u8>)> {
    let entropy = Arc::new(SeededEntropy::new(1));
    let root = RootKey::generate(&*entropy).unwrap();
    let mut seal = SealRecord::create(&root, &key_file(KEY_FILE), 1_000, &*entropy).unwrap();
    seal.add(&root, &passphrase(PASSPHRASE), 2_000, &*entropy).unwrap();
    let credential = Candidate::credential(CREDENTIAL).unwrap();
    seal.add(&root, &credential, 3_000, &*entropy).unwrap();
    let mut record = KeyringRecord::create(&root, 4_000, &*entropy);
    let keyring = Keyring::unlock(&root, &record, Arc::clone(&entropy) as _).unwrap();
    let first = keyring.seal(RECORD_KEY, b"sealed by generation 1");
    record.rotate(&root, 5_000, &*entropy).unwrap();
    keyring.adopt(&root, &record).unwrap();
    let second = keyring.seal(RECORD_KEY, b"sealed by generation 2");
    vec![
        ("key-file.bin", vec![KEY_FILE; 32]),
        ("passphrase.txt", PASSPHRASE.into()),
        ("credential.txt", CREDENTIAL.into()),
        ("record-key.txt", RECORD_KEY.into()),
        ("seal.json", seal.to_json().unwrap()),
        ("keyring.json", record.to_json().unwrap()),
        ("value-1.bin", first),
        ("value-2.bin", second),
    ]
}

#[test]
fn format_1_opens_with_each_of_its_keys() {
    let seal = SealRecord::from_json(&read("seal.json")).unwrap();
    let record = KeyringRecord::from_json(&read("keyring.json")).unwrap();
    let record_key = String::from_utf8(read("record-key.txt")).unwrap();
    let passphrase = passphrase(&String::from_utf8(read("passphrase.txt")).unwrap());
    let credential = Candidate::credential(&read("credential.txt")).unwrap();
    for candidate in [key_file(read("key-file.bin")[0]), passphrase, credential] {
        let root = seal.open(&[candidate]).unwrap();
        let keyring = Keyring::unlock(&root, &record, Arc::new(SystemEntropy)).unwrap();
        for (file, value) in
            [("value-1.bin", "sealed by generation 1"), ("value-2.bin", "sealed by generation 2")]
        {
            assert_eq!(**keyring.open(&record_key, &read(file)).unwrap(), *value.as_bytes());
        }
    }
}

#[test]
fn today_s_format_is_still_format_1() {
    // A difference means a new format: give it a version of its own and keep this one readable.
    for (name, content) in written_today() {
        assert_eq!(content, read(name), "{name}");
    }
}

#[test]
#[ignore = "writes the fixture; only for a format that no release has written yet"]
fn write_the_fixture_of_format_1() {
    fs::create_dir_all(folder()).unwrap();
    for (name, content) in written_today() {
        fs::write(folder().join(name), content).unwrap();
    }
}
