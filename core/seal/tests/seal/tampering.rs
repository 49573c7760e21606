//! Whatever is changed in sealed bytes or their documents is noticed.

use std::sync::Arc;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq};
use proptest::proptest;
use strongroom_seal::{Keyring, KeyringRecord, RootKey, SealRecord, SystemEntropy};

use crate::credential;

fn keyring() -> Keyring {
    let root = RootKey::generate(&SystemEntropy).unwrap();
    let mut record = KeyringRecord::create(&root, 0, &SystemEntropy);
    record.rotate(&root, 0, &SystemEntropy).unwrap();
    Keyring::unlock(&root, &record, Arc::new(SystemEntropy)).unwrap()
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..600)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_value_comes_back_as_it_was(key in ".{0,300}", value in value()) {
        let keyring = keyring();
        let sealed = keyring.seal(&key, &value);
        prop_assert_eq!(&**keyring.open(&key, &sealed).unwrap(), &value);
    }

    #[test]
    fn no_flipped_byte_goes_unnoticed(value in value(), flip in 1..=255u8) {
        let keyring = keyring();
        let sealed = keyring.seal("key", &value);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= flip;
            prop_assert!(keyring.open("key", &altered).is_err(), "byte {at}");
            prop_assert!(keyring.open_in_place("key", &mut altered).is_err(), "byte {at}");
        }
    }

    #[test]
    fn no_shortened_value_goes_unnoticed(value in value()) {
        let keyring = keyring();
        let sealed = keyring.seal("key", &value);
        for length in 0..sealed.len() {
            prop_assert!(keyring.open("key", &sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn no_value_passes_for_that_of_another_record(
        keys in (".{0,40}", ".{0,40}").prop_filter("distinct", |(one, other)| one != other),
        value in value(),
    ) {
        let keyring = keyring();
        let sealed = keyring.seal(&keys.0, &value);
        prop_assert!(keyring.open(&keys.1, &sealed).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_harm(bytes in value(), format in Just(1u8)) {
        let keyring = keyring();
        prop_assert!(keyring.open("key", &bytes).is_err());
        // Also when they look like a value of a known generation.
        let lookalike = [&[format, 0, 0, 0, 2], &bytes[..]].concat();
        prop_assert!(keyring.open("key", &lookalike).is_err());
    }
}

#[test]
fn no_byte_of_the_keyring_document_can_be_changed_into_another_keyring() {
    let root = RootKey::generate(&SystemEntropy).unwrap();
    let mut record = KeyringRecord::create(&root, 1000, &SystemEntropy);
    record.rotate(&root, 2000, &SystemEntropy).unwrap();
    let json = record.to_json().unwrap();
    let sealed = keyring_of(&root, &json).unwrap().seal("key", b"value");
    for at in 0..json.len() {
        let mut altered = json.clone();
        altered[at] ^= 1;
        // Some bytes mean nothing: white space, and how base64 is padded. The rest is refused.
        if let Some(keyring) = keyring_of(&root, &altered) {
            assert_eq!(keyring.current_generation(), 2, "byte {at}");
            assert_eq!(**keyring.open("key", &sealed).unwrap(), *b"value", "byte {at}");
        }
    }
}

#[test]
fn no_byte_of_the_seal_record_can_be_changed_into_another_root_key() {
    let root = RootKey::generate(&SystemEntropy).unwrap();
    let record = SealRecord::create(&root, &credential(1), 0, &SystemEntropy).unwrap();
    let json = record.to_json().unwrap();
    for at in 0..json.len() {
        let mut altered = json.clone();
        altered[at] ^= 1;
        if let Ok(opened) = SealRecord::from_json(&altered)
            && let Ok(opened) = opened.open(&[credential(1)])
        {
            assert_eq!(opened.fingerprint(), root.fingerprint(), "byte {at}");
        }
    }
}

fn keyring_of(root: &RootKey, json: &[u8]) -> Option<Keyring> {
    let record = KeyringRecord::from_json(json).ok()?;
    Keyring::unlock(root, &record, Arc::new(SystemEntropy)).ok()
}
