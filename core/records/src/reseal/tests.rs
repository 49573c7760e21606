//! Sealing anew beside writers, across crashes and over what is damaged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use strongroom_seal::{KeyringRecord, RootKey, SeededEntropy};
use strongroom_store::MemoryStore;

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note(String);

impl Record for Note {
    const KIND: &'static str = "note";
}

#[derive(Debug, Serialize, Deserialize)]
struct Locked(Vec<u8>);

impl Record for Locked {
    const KIND: &'static str = "locked note";
}

impl SealedWithin for Locked {
    fn sealed(&mut self) -> (String, &mut Vec<u8>) {
        ("inside".to_owned(), &mut self.0)
    }
}

/// Records whose keyring can be rotated.
struct Scene {
    records: Records,
    root: RootKey,
    keyring: Mutex<KeyringRecord>,
    entropy: Arc<SeededEntropy>,
}

impl Scene {
    fn new() -> Self {
        let entropy = Arc::new(SeededEntropy::new(1));
        let root = RootKey::generate(&*entropy).unwrap();
        let keyring = KeyringRecord::create(&root, 0, &*entropy);
        let unlocked = Keyring::unlock(&root, &keyring, entropy.clone()).unwrap();
        let store = Arc::new(MemoryStore::new());
        let records = Records::new(store, Arc::new(unlocked), 1 << 20);
        Self { records, root, keyring: Mutex::new(keyring), entropy }
    }

    async fn rotate(&self) {
        let record = {
            let mut keyring = self.keyring.lock().unwrap();
            keyring.rotate(&self.root, 0, &*self.entropy).unwrap();
            keyring.clone()
        };
        self.records.change_keyring(|keyring| keyring.adopt(&self.root, &record)).await.unwrap();
    }

    async fn retire(&self, generation: u32) {
        let record = {
            let mut keyring = self.keyring.lock().unwrap();
            keyring.retire(generation).unwrap();
            keyring.clone()
        };
        self.records.change_keyring(|keyring| keyring.adopt(&self.root, &record)).await.unwrap();
    }

    async fn write(&self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            let mut changes = self.records.changes();
            changes.put(&key, &Note(key.clone())).unwrap();
            self.records.commit(changes).await.unwrap();
        }
    }

    async fn step(&self, after: &str) -> Resealed {
        self.records.reseal(&[locked()], 2, after, |_, _| Ok(())).await.unwrap()
    }

    async fn counted(&self) -> Vec<(u32, u64)> {
        let counted = self.records.count_generations(&[locked()], "", 100).await.unwrap();
        assert_eq!(counted.next, None);
        counted.by_generation.into_iter().collect()
    }

    async fn revision(&self, key: &str) -> u64 {
        self.records.store().get(key).await.unwrap().unwrap().revision
    }
}

fn locked() -> Inner {
    Inner::of::<Locked>("locked/")
}

fn keys(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("notes/{number:05}"))
}

#[tokio::test]
async fn every_record_is_sealed_anew_once_and_reads_as_before() {
    let scene = Scene::new();
    scene.write(keys(2_500)).await;
    let mut changes = scene.records.changes();
    changes.index("index/a", "text");
    scene.records.commit(changes).await.unwrap();
    // What nobody seals: leases and the like.
    let plain =
        Transaction::new().put("leases/jobs", "1\nplain text that is long enough to be sealed");
    scene.records.store().commit(plain).await.unwrap();
    scene.rotate().await;
    scene.write(["notes/new".to_owned()]).await;
    let new = scene.revision("notes/new").await;
    assert_eq!(scene.counted().await, [(1, 2_501), (2, 1)]);

    let (mut after, mut done, mut steps) = (Some(String::new()), 0, 0);
    while let Some(place) = after {
        let resealed = scene.step(&place).await;
        (after, done, steps) = (resealed.next, done + resealed.done, steps + 1);
    }
    assert_eq!((done, steps), (2_501, 3));
    assert_eq!(scene.counted().await, [(2, 2_502)]);
    assert_eq!(scene.revision("notes/new").await, new, "what is current is left alone");

    scene.retire(1).await;
    for key in keys(2_500) {
        assert_eq!(scene.records.get::<Note>(&key).await.unwrap().unwrap().0, key);
    }
    let range = Range::prefix("index/");
    let index = scene.records.scan_index(range, Direction::Forward, 10).await.unwrap();
    assert_eq!(index.entries, [("index/a".to_owned(), "text".to_owned())]);
}

#[tokio::test]
async fn whoever_writes_meanwhile_wins_and_who_read_before_is_told_to_read_again() {
    let scene = Scene::new();
    scene.write(keys(3)).await;
    let read = scene.records.get::<Note>("notes/00001").await.unwrap().unwrap();
    scene.rotate().await;

    // Another writer changes a record between our reading it and our writing it.
    let records = &scene.records;
    let resealed = records
        .reseal(&[], 2, "", |changes, _| {
            changes.expect("notes/00002", 1);
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(resealed, Resealed { next: Some(String::new()), ..Resealed::default() });
    assert_eq!(scene.counted().await, [(1, 3)]);

    assert_eq!(scene.step("").await.done, 3);
    let mut changes = records.changes();
    changes.replace(&read, &Note("late".to_owned())).unwrap();
    assert!(matches!(records.commit(changes).await, Err(RecordError::Conflict)));
    // The cache does not keep the revision that was.
    let read = records.get::<Note>("notes/00001").await.unwrap().unwrap();
    let mut changes = records.changes();
    changes.replace(&read, &Note("in time".to_owned())).unwrap();
    records.commit(changes).await.unwrap();
}

#[tokio::test]
async fn what_was_sealed_before_a_rotation_and_is_committed_after_it_is_sealed_by_the_new_generation()
 {
    let scene = Scene::new();
    let mut changes = scene.records.changes();
    changes.put("notes/slow", &Note("slow".to_owned())).unwrap();
    changes.index("index/slow", "slow");
    scene.rotate().await;
    scene.records.commit(changes).await.unwrap();
    assert_eq!(scene.counted().await, [(2, 2)]);
    assert_eq!(scene.records.get::<Note>("notes/slow").await.unwrap().unwrap().0, "slow");
}

#[tokio::test]
async fn what_is_sealed_within_a_record_is_sealed_anew_too() {
    let scene = Scene::new();
    let seal = |scene: &Scene| Locked(scene.records.keyring().seal("inside", b"hidden"));
    let mut changes = scene.records.changes();
    changes.put("locked/a", &seal(&scene)).unwrap();
    let inside = seal(&scene);
    scene.records.commit(changes).await.unwrap();
    scene.rotate().await;
    // The record itself is new, what it holds is not.
    let mut changes = scene.records.changes();
    changes.put("locked/b", &inside).unwrap();
    scene.records.commit(changes).await.unwrap();
    assert_eq!(scene.counted().await, [(1, 2)]);

    assert_eq!(scene.step("").await.done, 2);
    assert_eq!(scene.counted().await, [(2, 2)]);
    scene.retire(1).await;
    for key in ["locked/a", "locked/b"] {
        let record = scene.records.get::<Locked>(key).await.unwrap().unwrap();
        assert_eq!(**scene.records.keyring().open("inside", &record.0).unwrap(), *b"hidden");
    }
}

#[tokio::test]
async fn a_damaged_record_stays_as_it_is_and_keeps_its_generation_counted() {
    let scene = Scene::new();
    scene.write(keys(5)).await;
    let entry = scene.records.store().get("notes/00002").await.unwrap().unwrap();
    let mut value = entry.value.to_vec();
    *value.last_mut().unwrap() ^= 1;
    let damage = Transaction::new().put("notes/00002", value.clone());
    scene.records.store().commit(damage).await.unwrap();
    scene.rotate().await;
    let resealed = scene.step("").await;
    assert_eq!((resealed.done, resealed.damaged), (4, 1));
    assert_eq!(scene.counted().await, [(1, 1), (2, 4)]);
    let kept = scene.records.store().get("notes/00002").await.unwrap().unwrap();
    assert_eq!(kept.value, value);
}

#[tokio::test]
async fn large_records_are_spread_over_transactions_that_a_store_takes() {
    let scene = Scene::new();
    for (number, size) in [500_000, 700_000, 1_000_000, 10, 900_000].into_iter().enumerate() {
        let mut changes = scene.records.changes();
        changes.put(&format!("large/{number}"), &Note("x".repeat(size))).unwrap();
        scene.records.commit(changes).await.unwrap();
    }
    scene.rotate().await;
    let notes = Mutex::new(Vec::new());
    let resealed = scene
        .records
        .reseal(&[], 2, "", |_, then| {
            notes.lock().unwrap().push((then.done, then.next.clone()));
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(resealed, Resealed { done: 5, damaged: 0, next: None });
    let place = |number: usize| Some(format!("large/{number}"));
    let expected = [(1, place(0)), (2, place(1)), (4, place(3)), (5, None)];
    assert_eq!(*notes.lock().unwrap(), expected);
}

#[tokio::test]
async fn it_goes_on_where_the_last_transaction_says() {
    let scene = Scene::new();
    scene.write(keys(200)).await;
    scene.rotate().await;
    // The process ends after the second transaction.
    let noted = Mutex::new(Vec::new());
    let cut_off = scene
        .records
        .reseal(&[], 2, "", |changes, then| {
            let mut noted = noted.lock().unwrap();
            if noted.len() == 2 {
                return Err(RecordError::Conflict);
            }
            noted.push(then.next.clone().unwrap());
            changes.put("system/progress", &Note(noted[noted.len() - 1].clone()))
        })
        .await;
    assert!(cut_off.is_err());
    assert_eq!(scene.counted().await, [(1, 80), (2, 121)]);
    let progress = scene.records.get::<Note>("system/progress").await.unwrap().unwrap();
    assert_eq!(progress.0, "notes/00119");
    let rest = scene.step(&progress.0).await;
    assert_eq!(rest.done, 80);
    assert_eq!(scene.counted().await, [(2, 201)]);
}
