//! Sealing values, rotating the keyring and the root key under it.

use std::sync::Arc;

use strongroom_seal::{Damaged, Keyring, KeyringRecord, RootKey, SealError, SystemEntropy};

fn root() -> RootKey {
    RootKey::generate(&SystemEntropy).unwrap()
}

fn keyring(root: &RootKey, record: &KeyringRecord) -> Keyring {
    Keyring::unlock(root, record, Arc::new(SystemEntropy)).unwrap()
}

#[test]
fn a_value_opens_under_its_own_record_key_only() {
    let root = root();
    let keyring = keyring(&root, &KeyringRecord::create(&root, 0, &SystemEntropy));
    let sealed = keyring.seal("123456789012/us-east-1/secret/a", b"value");
    assert_eq!(sealed.len(), 5 + Keyring::OVERHEAD);
    assert_eq!(**keyring.open("123456789012/us-east-1/secret/a", &sealed).unwrap(), *b"value");
    let elsewhere = keyring.open("123456789012/us-east-1/secret/b", &sealed);
    assert_eq!(elsewhere.err(), Some(Damaged::Altered));
    let mut in_place = sealed.clone();
    let opened = keyring.open_in_place("123456789012/us-east-1/secret/a", &mut in_place);
    assert_eq!(opened.unwrap(), b"value");
}

#[test]
fn values_of_every_length_and_long_record_keys_come_back() {
    let root = root();
    let keyring = keyring(&root, &KeyringRecord::create(&root, 0, &SystemEntropy));
    let long_key = "k".repeat(4000);
    for length in [0, 1, 15, 16, 17, 4095, 70_000] {
        let value = vec![0xa5; length];
        let sealed = keyring.seal(&long_key, &value);
        assert_eq!(**keyring.open(&long_key, &sealed).unwrap(), *value);
    }
}

#[test]
fn after_a_rotation_old_values_open_and_new_ones_are_sealed_by_the_new_generation() {
    let root = root();
    let mut record = KeyringRecord::create(&root, 1, &SystemEntropy);
    let keyring = keyring(&root, &record);
    let old = keyring.seal("key", b"old");
    assert_eq!(record.rotate(&root, 2, &SystemEntropy).unwrap(), 2);
    // A rotation counts once the stored record is adopted, not before.
    assert_eq!(keyring.current_generation(), 1);
    keyring.adopt(&root, &record).unwrap();
    assert_eq!(keyring.current_generation(), 2);
    let new = keyring.seal("key", b"new");
    assert_eq!(**keyring.open("key", &old).unwrap(), *b"old");
    assert_eq!(**keyring.open("key", &new).unwrap(), *b"new");
    assert!(keyring.needs_reseal(&old) && !keyring.needs_reseal(&new));
    let numbers: Vec<_> =
        record.generations().iter().map(|one| (one.number, one.created_ms)).collect();
    assert_eq!(numbers, [(1, 1), (2, 2)]);
}

#[test]
fn a_value_sealed_anew_stays_the_same_and_no_longer_needs_the_generation_before() {
    let root = root();
    let mut record = KeyringRecord::create(&root, 0, &SystemEntropy);
    let keyring = keyring(&root, &record);
    let old = keyring.seal("key", b"value");
    assert_eq!(Keyring::sealed_by(&old), Some(1));
    record.rotate(&root, 0, &SystemEntropy).unwrap();
    keyring.adopt(&root, &record).unwrap();
    let new = keyring.reseal("key", &old).unwrap();
    assert_eq!(Keyring::sealed_by(&new), Some(2));
    assert_eq!(keyring.reseal("other", &old).err(), Some(Damaged::Altered));
    record.retire(1).unwrap();
    keyring.adopt(&root, &record).unwrap();
    assert_eq!(**keyring.open("key", &new).unwrap(), *b"value");
    assert_eq!(Keyring::sealed_by(b"{\"version\": 1}, which nobody sealed, however long"), None);
}

#[test]
fn a_keyring_that_lags_behind_names_the_generation_it_lacks() {
    let root = root();
    let mut record = KeyringRecord::create(&root, 0, &SystemEntropy);
    let lagging = keyring(&root, &record);
    record.rotate(&root, 0, &SystemEntropy).unwrap();
    let ahead = keyring(&root, &record);
    let sealed = ahead.seal("key", b"value");
    assert_eq!(lagging.open("key", &sealed).err(), Some(Damaged::UnknownGeneration(2)));
    lagging.adopt(&root, &record).unwrap();
    assert_eq!(**lagging.open("key", &sealed).unwrap(), *b"value");
}

#[test]
fn a_stale_record_does_not_take_a_generation_away() {
    let root = root();
    let mut record = KeyringRecord::create(&root, 0, &SystemEntropy);
    let stale = record.clone();
    record.rotate(&root, 0, &SystemEntropy).unwrap();
    let keyring = keyring(&root, &record);
    assert!(keyring.adopt(&root, &stale).is_err());
    assert_eq!(keyring.current_generation(), 2);
}

#[test]
fn a_retired_generation_opens_nothing_and_the_current_one_cannot_be_retired() {
    let root = root();
    let mut record = KeyringRecord::create(&root, 0, &SystemEntropy);
    let keyring = keyring(&root, &record);
    let old = keyring.seal("key", b"old");
    assert!(matches!(record.retire(1), Err(SealError::NotRetirable { .. })));
    record.rotate(&root, 0, &SystemEntropy).unwrap();
    record.retire(1).unwrap();
    assert!(matches!(record.retire(1), Err(SealError::NotRetirable { .. })));
    keyring.adopt(&root, &record).unwrap();
    assert_eq!(keyring.open("key", &old).err(), Some(Damaged::UnknownGeneration(1)));
}

#[test]
fn a_new_root_key_opens_the_same_values_and_the_old_one_nothing() {
    let (old, new) = (root(), root());
    let mut record = KeyringRecord::create(&old, 0, &SystemEntropy);
    let sealed = keyring(&old, &record).seal("key", b"value");
    record.rewrap(&old, &new, &SystemEntropy).unwrap();
    let record = KeyringRecord::from_json(&record.to_json().unwrap()).unwrap();
    assert_eq!(**keyring(&new, &record).open("key", &sealed).unwrap(), *b"value");
    let refused = Keyring::unlock(&old, &record, Arc::new(SystemEntropy)).err().unwrap();
    assert!(matches!(refused, SealError::AnotherRootKey { .. }));
}

#[test]
fn foreign_bytes_newer_formats_and_altered_values_are_told_apart() {
    let root = root();
    let keyring = keyring(&root, &KeyringRecord::create(&root, 0, &SystemEntropy));
    let sealed = keyring.seal("key", b"value");
    let error = |bytes: &[u8]| keyring.open("key", bytes).err().unwrap();
    assert_eq!(error(b""), Damaged::Foreign);
    assert_eq!(error(&sealed[..Keyring::OVERHEAD - 1]), Damaged::Foreign);
    assert_eq!(error(&[&[0], &sealed[1..]].concat()), Damaged::Foreign);
    assert_eq!(error(&[&[2], &sealed[1..]].concat()), Damaged::NewerFormat(2));
    assert_eq!(error(&[&sealed[..4], &[9], &sealed[5..]].concat()), Damaged::UnknownGeneration(9));
    assert_eq!(error(&[&sealed[..], &[0]].concat()), Damaged::Altered);
}

#[test]
fn sealing_and_opening_go_on_in_other_threads_during_rotations() {
    let root = root();
    let mut record = KeyringRecord::create(&root, 0, &SystemEntropy);
    let keyring = keyring(&root, &record);
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let keyring = &keyring;
            scope.spawn(move || {
                for round in 0..2000 {
                    let key = format!("{thread}/{round}");
                    let sealed = keyring.seal(&key, key.as_bytes());
                    assert_eq!(**keyring.open(&key, &sealed).unwrap(), *key.as_bytes());
                }
            });
        }
        for _ in 0..20 {
            record.rotate(&root, 0, &SystemEntropy).unwrap();
            keyring.adopt(&root, &record).unwrap();
        }
    });
    assert_eq!(keyring.current_generation(), 21);
}
