//! Damaged, foreign, locked and full: what the store refuses and what it survives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use strongroom_store::{CommitError, Direction, Entry, Range, Store, StoreError, Transaction};
use strongroom_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// A database that was closed properly, with two hundred records of all sizes.
async fn closed() -> (TempDir, PathBuf, BTreeMap<String, Entry>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let store = open(&path).unwrap();
    for n in 0..200u32 {
        let value = vec![n as u8; (n * n % 1700) as usize];
        store
            .commit(Transaction::new().put(key(n), value))
            .await
            .unwrap();
    }
    store
        .commit(Transaction::new().put("long", vec![1; 20_000]))
        .await
        .unwrap();
    let entries = contents(&store).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    (directory, path, entries)
}

fn key(n: u32) -> String {
    format!(
        "123456789012/eu-central-1/secret/{:08x}",
        n.wrapping_mul(0x9e37_79b9)
    )
}

fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(
        path,
        Options {
            readers: 1,
            ..Options::default()
        },
    )
}

async fn contents(store: &SqliteStore) -> Result<BTreeMap<String, Entry>, StoreError> {
    let mut found = BTreeMap::new();
    let mut range = Range::all();
    loop {
        let page = store.scan(range.clone(), Direction::Forward, 50).await?;
        let last = page.entries.last().map(|entry| entry.key.clone());
        found.extend(
            page.entries
                .into_iter()
                .map(|entry| (entry.key.clone(), entry)),
        );
        let Some(last) = last.filter(|_| page.more) else {
            return Ok(found);
        };
        range = range.after(&last);
    }
}

/// Every reading is either right or says that the store is damaged. A scan may miss keys if the index
/// lost them, but then `verify` says so.
#[tokio::test]
async fn no_flipped_byte_is_read_as_something_else() {
    let (_directory, path, expected) = closed().await;
    let intact = fs::read(&path).unwrap();
    let mut noticed = 0;
    // All of the header, then one in ninety-seven, which meets every place in a page.
    let places = (0..100).chain((100..intact.len()).step_by(97));
    for (n, at) in places.enumerate() {
        let mut flipped = intact.clone();
        flipped[at] ^= 1 << (n % 8);
        fs::write(&path, &flipped).unwrap();
        noticed += usize::from(is_noticed(&path, &expected, at).await);
    }
    // Most of the file is records; a flip there must be noticed, not merely be harmless.
    assert!(noticed * 97 > intact.len() / 2, "{noticed}");
}

async fn is_noticed(path: &Path, expected: &BTreeMap<String, Entry>, at: usize) -> bool {
    let store = match open(path) {
        Ok(store) => store,
        Err(StoreError::Damaged { .. } | StoreError::Foreign | StoreError::Newer { .. }) => {
            return true;
        }
        Err(error) => panic!("byte {at}: {error}"),
    };
    let mut noticed = false;
    for (key, entry) in expected {
        match store.get(key).await {
            Ok(found) => assert_eq!(found.as_ref(), Some(entry), "byte {at}"),
            Err(StoreError::Damaged { .. }) => noticed = true,
            Err(error) => panic!("byte {at}: {error}"),
        }
    }
    match contents(&store).await {
        Ok(found) if &found == expected => {}
        Ok(_) => {
            assert!(
                store.verify().is_err(),
                "byte {at}: a scan differs and nothing says so"
            );
            noticed = true;
        }
        Err(StoreError::Damaged { .. }) => noticed = true,
        Err(error) => panic!("byte {at}: {error}"),
    }
    noticed
}

#[tokio::test]
async fn a_file_cut_short_is_damaged() {
    let (_directory, path, _) = closed().await;
    let intact = fs::read(&path).unwrap();
    for length in [4096, 4097, 40_000, intact.len() - 4096, intact.len() - 1] {
        fs::write(&path, &intact[..length]).unwrap();
        let result = match open(&path) {
            Ok(store) => contents(&store).await.err(),
            Err(error) => Some(error),
        };
        assert!(
            matches!(result, Some(StoreError::Damaged { .. })),
            "{length}: {result:?}"
        );
    }
}

#[test]
fn a_foreign_file_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let other = directory.path().join("other");
    let sql = "PRAGMA application_id = 7; CREATE TABLE t(a)";
    rusqlite::Connection::open(&other)
        .unwrap()
        .execute_batch(sql)
        .unwrap();
    for content in [b"hello".to_vec(), vec![0; 5000], fs::read(&other).unwrap()] {
        fs::write(&path, &content).unwrap();
        assert_eq!(open(&path).err(), Some(StoreError::Foreign));
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[tokio::test]
async fn a_newer_format_is_refused() {
    let (_directory, path, _) = closed().await;
    let mut file = fs::read(&path).unwrap();
    file[60..64].copy_from_slice(&2u32.to_be_bytes());
    fs::write(&path, file).unwrap();
    assert_eq!(
        open(&path).err(),
        Some(StoreError::Newer { found: 2, known: 1 })
    );
}

#[tokio::test]
async fn a_log_without_its_database_is_not_replayed_into_a_new_one() {
    let (_directory, path, _) = closed().await;
    fs::remove_file(&path).unwrap();
    fs::write(path.with_file_name("store-wal"), "left behind").unwrap();
    assert!(matches!(
        open(&path).err(),
        Some(StoreError::Damaged { .. })
    ));
}

#[test]
fn a_second_opener_learns_who_holds_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let store = open(&path).unwrap();
    assert_eq!(
        open(&path).err(),
        Some(StoreError::Locked {
            pid: std::process::id()
        })
    );
    drop(store);
    assert!(open(&path).is_ok());
}

#[tokio::test]
async fn nobody_else_may_read_the_files() {
    let (directory, path, _) = closed().await;
    let _store = open(&path).unwrap();
    let files: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(files.len(), 4);
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let (_directory, path, expected) = closed().await;
    let store = open(&path).unwrap();
    assert_eq!(contents(&store).await.unwrap(), expected);
    store.verify().unwrap();
    let before = store.revision();
    assert_eq!(before, 201);
    assert!(store.watch(Range::all(), before - 1).is_err());
    let mut watch = store.watch(Range::all(), before).unwrap();
    let revision = store
        .commit(Transaction::new().put("new", ""))
        .await
        .unwrap();
    assert_eq!(revision, before + 1);
    assert_eq!(watch.next().await.unwrap().unwrap().key, "new");
}

#[tokio::test]
async fn a_full_store_takes_writes_again_once_there_is_space() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        max_bytes: Some(256 << 10),
        ..Options::default()
    };
    let store = SqliteStore::open(&directory.path().join("store"), options).unwrap();
    let put = |n: u32| Transaction::new().put(key(n), vec![0; 10_000]);
    let mut written = 0;
    let full = loop {
        match store.commit(put(written)).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full, CommitError::Store(StoreError::Full));
    assert!(written > 10);
    let revision = store.revision();
    assert_eq!(contents(&store).await.unwrap().len() as u32, written);
    store
        .commit(Transaction::new().delete(key(0)))
        .await
        .unwrap();
    assert_eq!(store.commit(put(written)).await, Ok(revision + 2));
    store.verify().unwrap();
}

#[tokio::test]
#[ignore = "needs an empty file system of 8 MiB at SMALL_DISK, such as a tmpfs"]
async fn a_full_disk_takes_writes_again_once_there_is_space() {
    let directory = PathBuf::from(std::env::var_os("SMALL_DISK").unwrap());
    let ballast = directory.join("ballast");
    fs::write(&ballast, vec![0; 4 << 20]).unwrap();
    let store = open(&directory.join("store")).unwrap();
    let put = |n: u32| Transaction::new().put(key(n), vec![0; 10_000]);
    let mut written = 0;
    let full = loop {
        match store.commit(put(written)).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full, CommitError::Store(StoreError::Full));
    for _ in 0..3 {
        assert!(store.commit(put(written)).await.is_err());
        assert_eq!(contents(&store).await.unwrap().len() as u32, written);
    }
    fs::remove_file(ballast).unwrap();
    for n in written..written + 100 {
        store.commit(put(n)).await.unwrap();
    }
    store.verify().unwrap();
    store.close().await.unwrap();
    drop(store);
    let store = open(&directory.join("store")).unwrap();
    assert_eq!(contents(&store).await.unwrap().len() as u32, written + 100);
}

#[tokio::test]
async fn the_log_stays_bounded_while_readers_hold_snapshots() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let store = SqliteStore::open(
        &path,
        Options {
            wal_bytes: 64 << 10,
            ..Options::default()
        },
    );
    let store = store.unwrap();
    store
        .commit(Transaction::new().put("idle", "1"))
        .await
        .unwrap();
    for n in 0..500 {
        // A reader whose key never changes would hold its first snapshot for ever.
        assert_eq!(store.get("idle").await.unwrap().unwrap().value, "1");
        store
            .commit(Transaction::new().put(key(n), vec![0; 1000]))
            .await
            .unwrap();
    }
    let log = fs::metadata(path.with_file_name("store-wal"))
        .unwrap()
        .len();
    assert!(log < 200 << 10, "{log} bytes");
}
