//! Which keys open a seal, and how that is changed.

use strongroom_seal::{Candidate, RootKey, SealError, SealRecord, SystemEntropy};

use crate::{credential, key_file, passphrase};

/// A record with one wrap of each kind, and its root key.
fn record_of_all_kinds() -> (SealRecord, RootKey) {
    let root = RootKey::generate(&SystemEntropy).unwrap();
    let mut record = SealRecord::create(&root, &key_file(1), 1000, &SystemEntropy).unwrap();
    record.add(&root, &passphrase("correct horse battery"), 2000, &SystemEntropy).unwrap();
    record.add(&root, &credential(3), 3000, &SystemEntropy).unwrap();
    (record, root)
}

fn opens(record: &SealRecord, candidates: &[Candidate]) -> Option<String> {
    record.open(candidates).ok().map(|root| root.fingerprint())
}

#[test]
fn any_one_of_several_keys_opens_the_seal() {
    let (record, root) = record_of_all_kinds();
    let record = SealRecord::from_json(&record.to_json().unwrap()).unwrap();
    for candidate in [key_file(1), passphrase("correct horse battery"), credential(3)] {
        assert_eq!(opens(&record, &[candidate]), Some(root.fingerprint()));
    }
    let among_wrong_ones = [key_file(9), credential(9), credential(3)];
    assert_eq!(opens(&record, &among_wrong_ones), Some(root.fingerprint()));
}

#[test]
fn a_wrong_key_is_told_what_the_seal_accepts() {
    let (record, _) = record_of_all_kinds();
    let wrong = [key_file(2), passphrase("correct horse batterx"), credential(4)];
    let error = record.open(&wrong).err().unwrap();
    assert!(matches!(&error, SealError::WrongKey { .. }), "{error}");
    for wrap in record.list() {
        assert!(error.to_string().contains(&format!("{} {}", wrap.kind, wrap.id)), "{error}");
    }
    assert!(error.hint().unwrap().contains("nothing was changed"));
    assert!(matches!(record.open(&[]), Err(SealError::WrongKey { .. })));
}

#[test]
fn the_same_bytes_as_another_kind_of_key_do_not_open_the_seal() {
    let root = RootKey::generate(&SystemEntropy).unwrap();
    let record = SealRecord::create(&root, &key_file(0xe1), 0, &SystemEntropy).unwrap();
    let same_bytes = Candidate::credential(&[0xe1; 32]).unwrap();
    assert!(matches!(record.open(&[same_bytes]), Err(SealError::WrongKey { .. })));
    // Nor when the record is made to call the wrap by the other name.
    let json = String::from_utf8(record.to_json().unwrap()).unwrap();
    let renamed = SealRecord::from_json(json.replace("key-file", "credential").as_bytes()).unwrap();
    let same_bytes = Candidate::credential(&[0xe1; 32]).unwrap();
    assert!(matches!(renamed.open(&[same_bytes]), Err(SealError::WrongKey { .. })));
}

#[test]
fn a_removed_key_opens_nothing_and_the_last_one_stays() {
    let (mut record, _) = record_of_all_kinds();
    let ids: Vec<String> = record.list().into_iter().map(|wrap| wrap.id).collect();
    record.remove(&ids[0]).unwrap();
    assert_eq!(opens(&record, &[key_file(1)]), None);
    assert!(matches!(record.remove(&ids[0]), Err(SealError::NoSuchWrap { .. })));
    record.remove(&ids[1]).unwrap();
    assert!(matches!(record.remove(&ids[2]), Err(SealError::LastWrap { .. })));
    assert!(opens(&record, &[credential(3)]).is_some());
}

#[test]
fn a_wrap_of_a_kind_to_come_is_listed_and_kept_but_not_counted_on() {
    let (record, root) = record_of_all_kinds();
    let mut json: serde_json::Value = serde_json::from_slice(&record.to_json().unwrap()).unwrap();
    let unknown = serde_json::json!({
        "id": "ffff", "kind": "shamir", "created_ms": 5, "parameters": {"threshold": 2},
    });
    json["wraps"].as_array_mut().unwrap().push(unknown);
    let mut record = SealRecord::from_json(json.to_string().as_bytes()).unwrap();
    assert_eq!(opens(&record, &[credential(3)]), Some(root.fingerprint()));
    let summary = record.list().pop().unwrap();
    assert_eq!((summary.kind.as_str(), summary.is_supported), ("shamir", false));
    // Rewriting the record keeps what it does not understand.
    let rewritten = String::from_utf8(record.to_json().unwrap()).unwrap();
    assert!(rewritten.contains("\"threshold\": 2"), "{rewritten}");
    // It does not count as another way in.
    let known: Vec<_> = record.list().into_iter().filter(|wrap| wrap.is_supported).collect();
    record.remove(&known[0].id).unwrap();
    record.remove(&known[1].id).unwrap();
    assert!(matches!(record.remove(&known[2].id), Err(SealError::LastWrap { .. })));
}

#[test]
fn only_the_holder_of_the_root_key_adds_another_key() {
    let (mut record, _) = record_of_all_kinds();
    let another = RootKey::generate(&SystemEntropy).unwrap();
    let added = record.add(&another, &key_file(7), 0, &SystemEntropy);
    assert!(matches!(added, Err(SealError::AnotherRootKey { .. })));
    assert_eq!(record.list().len(), 3);
}

#[test]
fn a_record_that_makes_no_sense_is_an_error_and_not_a_wrong_key() {
    let (record, _) = record_of_all_kinds();
    let json = String::from_utf8(record.to_json().unwrap()).unwrap();
    let damaged = |json: &str| {
        matches!(SealRecord::from_json(json.as_bytes()), Err(SealError::DamagedRecord { .. }))
    };
    assert!(damaged("") && damaged("{}") && damaged("[]") && damaged(&json[..json.len() / 2]));
    assert!(damaged(&json.replace("\"version\": 1", "\"version\": 0")));
    assert!(damaged(&format!("{json}{}", " ".repeat(2 << 20))));
    let newer = SealRecord::from_json(json.replace("\"version\": 1", "\"version\": 2").as_bytes());
    assert!(matches!(newer, Err(SealError::NewerFormat { found: 2, known: 1, .. })));
    let greedy = json.replace("\"memory_kib\": 8192", "\"memory_kib\": 4294967295");
    let greedy = SealRecord::from_json(greedy.as_bytes()).unwrap();
    let opened = greedy.open(&[passphrase("correct horse battery")]);
    assert!(matches!(opened, Err(SealError::DamagedRecord { .. })));
}
