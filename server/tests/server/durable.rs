//! A server that keeps its data: first start, restart, the wrong key, a second server.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use strongroom::clock::Clock;
use strongroom::compose::{self, Running};
use strongroom::credentials;
use strongroom::failure::Failure;
use strongroom::foundation::Foundation;
use strongroom_api::Timestamp;
use strongroom_seal::SystemEntropy;

use crate::support::configured;
use crate::tiny;

async fn start(data: &Path, more: &[(&'static str, &str)]) -> Result<Running, Failure> {
    let mut settings = vec![("data_dir", data.to_str().unwrap())];
    settings.extend(more);
    compose::start(&configured(&settings), tiny::build).await
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if path.is_file() {
            found.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn the_first_start_makes_an_account_and_keeps_its_key_private() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = start(&data, &[]).await.unwrap();
    assert!(server.is_first_start);
    assert_eq!(mode(&data), 0o700);
    for file in ["credentials", "seal.json", "store.db", "admin.sock"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
    assert_eq!(mode(&folder.path().join("data.key")), 0o600);
    let key = credentials::read(&data.join("credentials"), "default").unwrap().unwrap();
    assert!(key.id.starts_with("AKIA"));
    server.stop().await.unwrap();
    assert!(!data.join("admin.sock").exists());

    let before = std::fs::read(data.join("credentials")).unwrap();
    let again = start(&data, &[]).await.unwrap();
    assert!(!again.is_first_start);
    again.stop().await.unwrap();
    assert_eq!(std::fs::read(data.join("credentials")).unwrap(), before);
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_with_the_pid_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = start(&data, &[]).await.unwrap();
    let refused = start(&data, &[]).await.err().unwrap();
    let pid = std::process::id();
    assert_eq!(refused.message(), format!("the store is locked by pid {pid}"));
    assert_eq!(refused.advice(), Some("stop the other server or choose another data directory"));
    assert!(data.join("admin.sock").exists(), "the first server keeps its socket");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn without_the_right_key_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    start(&data, &[]).await.unwrap().stop().await.unwrap();
    let before = contents(&data);

    let key = folder.path().join("data.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let missing = start(&data, &[]).await.err().unwrap();
    assert!(missing.message().starts_with("no key is at hand"), "{missing}");
    assert!(!key.exists(), "no new key is made for old data");

    std::fs::write(&key, [7; 32]).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let wrong = start(&data, &[]).await.err().unwrap();
    assert!(wrong.message().starts_with("none of the keys given opens the seal"), "{wrong}");
    assert_eq!(contents(&data), before);

    std::fs::write(&key, kept).unwrap();
    start(&data, &[]).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn data_without_its_seal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    start(&data, &[]).await.unwrap().stop().await.unwrap();
    std::fs::remove_file(data.join("seal.json")).unwrap();
    let before = contents(&data);
    let refused = start(&data, &[]).await.err().unwrap();
    assert!(refused.message().ends_with("seal.json is missing"), "{refused}");
    assert_eq!(contents(&data), before);
}

#[tokio::test]
async fn a_passphrase_opens_data_and_then_no_key_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let passphrase = folder.path().join("passphrase");
    std::fs::write(&passphrase, "correct horse battery staple\n").unwrap();
    let with = [("passphrase_file", passphrase.to_str().unwrap())];
    start(&data, &with).await.unwrap().stop().await.unwrap();
    assert!(!folder.path().join("data.key").exists());
    start(&data, &with).await.unwrap().stop().await.unwrap();
    std::fs::write(&passphrase, "incorrect horse battery staple\n").unwrap();
    assert!(start(&data, &with).await.is_err());
}

#[tokio::test]
async fn a_start_that_was_cut_off_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = start(&data, &[]).await.unwrap();
    let store = std::sync::Arc::clone(&server.foundation.store);
    let mark = store.get("system/started").await.unwrap().unwrap();
    let erase = strongroom_store::Transaction::new().expect(&mark.key, mark.revision);
    store.commit(erase.delete(&mark.key)).await.unwrap();
    drop(store);
    server.stop().await.unwrap();
    std::fs::remove_file(data.join("credentials")).unwrap();
    let again = start(&data, &[]).await.unwrap();
    assert!(again.is_first_start && data.join("credentials").exists());
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_generation_is_retired_once_nothing_needs_it_and_its_sessions_are_over() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = configured(&[("data_dir", data.to_str().unwrap())]);
    let clock = Arc::new(Hand(AtomicI64::new(1_772_323_200_000)));
    let entropy = Arc::new(SystemEntropy);
    let server = compose::start_with(&config, tiny::build, clock.clone(), entropy).await.unwrap();
    let foundation = &server.foundation;
    for number in 0..50 {
        let mut changes = foundation.records.changes();
        changes.index(&format!("notes/{number}"), "text");
        foundation.records.commit(changes).await.unwrap();
    }
    assert_eq!(foundation.rotate_keyring().await.unwrap(), 2);
    let refused = foundation.retire_generation(1, false).await.unwrap_err();
    assert!(refused.message().contains("may be in use until 2026-03-03T00:00:00"), "{refused}");

    let needed = || async {
        foundation.keyring_generations().await.unwrap().iter().map(|one| one.records).next()
    };
    while needed().await != Some(0) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    clock.0.fetch_add(48 * 3_600_000, Ordering::SeqCst);
    assert!(foundation.retire_generation(2, false).await.is_err(), "it is the one that seals");
    assert!(foundation.retire_generation(7, false).await.is_err(), "there is none");
    foundation.retire_generation(1, false).await.unwrap();
    let left: Vec<u32> =
        foundation.keyring_generations().await.unwrap().iter().map(|one| one.number).collect();
    assert_eq!(left, [2]);
    server.stop().await.unwrap();

    let again = start(&data, &[]).await.unwrap();
    let range = strongroom_store::Range::prefix("notes/");
    let forward = strongroom_store::Direction::Forward;
    let notes = again.foundation.records.scan_index(range, forward, 100).await.unwrap();
    assert_eq!(notes.entries.len(), 50);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_generation_that_a_record_needs_is_not_retired() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    start(&data, &[]).await.unwrap().stop().await.unwrap();
    // Without the server's jobs nothing is sealed anew.
    let config = configured(&[("data_dir", data.to_str().unwrap())]);
    let (clock, entropy) = (Arc::new(Hand(AtomicI64::new(0))), Arc::new(SystemEntropy));
    let foundation = Foundation::lay(&config, clock, entropy).await.unwrap();
    let mut changes = foundation.records.changes();
    changes.index("notes/1", "text");
    foundation.records.commit(changes).await.unwrap();
    foundation.rotate_keyring().await.unwrap();
    let refused = foundation.retire_generation(1, true).await.unwrap_err();
    assert!(refused.message().ends_with("records need generation 1"), "{refused}");
    assert_eq!(foundation.keyring_generations().await.unwrap().len(), 2);
    foundation.close().await.unwrap();
}

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
