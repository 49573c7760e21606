//! Rotations of the keyring, and processes that end in the middle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use strongroom_seal::{Keyring, KeyringRecord, RootKey, SeededEntropy};
use strongroom_store::{MemoryStore, Store, Transaction};

use super::*;

#[derive(Serialize, Deserialize)]
struct Note(String);

impl Record for Note {
    const KIND: &'static str = "note";
}

/// A store and its keyring, over which processes come and go.
struct Scene {
    root: RootKey,
    keyring: KeyringRecord,
    store: Arc<MemoryStore>,
}

/// What one process has.
struct Process {
    records: Arc<Records>,
    left: Arc<AtomicU64>,
    job: Reseal,
}

impl Scene {
    fn new() -> Self {
        let entropy = SeededEntropy::new(1);
        let root = RootKey::generate(&entropy).unwrap();
        let keyring = KeyringRecord::create(&root, 0, &entropy);
        Self { root, keyring, store: Arc::new(MemoryStore::new()) }
    }

    fn start(&self) -> Process {
        let entropy = Arc::new(strongroom_seal::SystemEntropy);
        let keyring = Arc::new(Keyring::unlock(&self.root, &self.keyring, entropy).unwrap());
        let records = Arc::new(Records::new(self.store.clone(), keyring, 1 << 20));
        let left = Arc::new(AtomicU64::new(0));
        let job = Reseal::new(Arc::clone(&records), Vec::new(), Arc::clone(&left));
        Process { records, left, job }
    }

    async fn rotate(&mut self, process: &Process) {
        self.keyring.rotate(&self.root, 0, &strongroom_seal::SystemEntropy).unwrap();
        let (root, keyring) = (&self.root, &self.keyring);
        process.records.change_keyring(|in_use| in_use.adopt(root, keyring)).await.unwrap();
    }

    /// Whether every note is there, and by which generations all is sealed.
    async fn generations(&self, notes: usize) -> Vec<u32> {
        let process = self.start();
        for number in 0..notes {
            let note = process.records.get::<Note>(&key(number)).await.unwrap().unwrap();
            assert_eq!(note.0, key(number));
        }
        let counted = process.records.count_generations(&[], "", 100).await.unwrap();
        counted.by_generation.into_keys().collect()
    }
}

impl Process {
    async fn write(&self, notes: std::ops::Range<usize>) {
        for number in notes {
            let mut changes = self.records.changes();
            changes.put(&key(number), &Note(key(number))).unwrap();
            self.records.commit(changes).await.unwrap();
        }
    }

    fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    fn stage(&self) -> Option<Stage> {
        self.job.progress.lock().unwrap().as_ref().map(|progress| progress.stage)
    }

    /// Runs the job until it has nothing to do; how often that was.
    async fn finish(&self) -> u32 {
        for step in 0..100 {
            if self.stage() == Some(Stage::Done) {
                return step;
            }
            self.job.step().await.unwrap();
        }
        panic!("the job does not end: {:?}", self.job.progress);
    }
}

fn key(number: usize) -> String {
    format!("notes/{number:05}")
}

#[tokio::test]
async fn after_a_rotation_everything_comes_to_be_sealed_by_the_new_generation() {
    let mut scene = Scene::new();
    let process = scene.start();
    process.write(0..2_500).await;
    process.job.step().await.unwrap();
    assert_eq!((process.left(), process.stage()), (0, None), "there is nothing to do before");

    scene.rotate(&process).await;
    process.job.step().await.unwrap();
    assert_eq!((process.left(), process.stage()), (2_500, Some(Stage::Sealing)));
    process.job.step().await.unwrap();
    assert_eq!(process.left(), 1_500);
    process.finish().await;
    assert_eq!(process.left(), 0);
    assert_eq!(scene.generations(2_500).await, [2]);

    let before = scene.store.revision();
    process.job.step().await.unwrap();
    assert_eq!(scene.store.revision(), before, "when it is done it writes nothing");
    scene.rotate(&process).await;
    process.job.step().await.unwrap();
    process.finish().await;
    assert_eq!(scene.generations(2_500).await, [3]);
}

#[tokio::test]
async fn a_process_that_ends_in_the_middle_leaves_the_rest_to_the_next() {
    let mut scene = Scene::new();
    let first = scene.start();
    first.write(0..3_500).await;
    scene.rotate(&first).await;
    for _ in 0..3 {
        first.job.step().await.unwrap();
    }
    drop(first);
    let second = scene.start();
    second.job.step().await.unwrap();
    assert_eq!(second.left(), 500, "it goes on, and does not begin anew");
    second.finish().await;
    assert_eq!(scene.generations(3_500).await, [2]);
    let third = scene.start();
    third.job.step().await.unwrap();
    assert_eq!((third.stage(), third.left()), (Some(Stage::Done), 0));
}

#[tokio::test]
async fn a_rotation_in_the_middle_begins_anew_for_the_new_generation() {
    let mut scene = Scene::new();
    let process = scene.start();
    process.write(0..1_500).await;
    scene.rotate(&process).await;
    process.job.step().await.unwrap();
    process.job.step().await.unwrap();
    scene.rotate(&process).await;
    process.job.step().await.unwrap();
    assert_eq!(process.left(), 1_501, "the progress is a record as well");
    process.finish().await;
    assert_eq!(scene.generations(1_500).await, [3]);
}

#[tokio::test]
async fn a_damaged_record_does_not_keep_it_going_for_ever_and_is_tried_again_after_a_start() {
    let mut scene = Scene::new();
    let process = scene.start();
    process.write(0..5).await;
    let whole = scene.store.get(&key(2)).await.unwrap().unwrap().value;
    let mut flipped = whole.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    scene.store.commit(Transaction::new().put(key(2), flipped)).await.unwrap();
    scene.rotate(&process).await;
    process.finish().await;
    assert_eq!(process.left(), 1);

    scene.store.commit(Transaction::new().put(key(2), whole)).await.unwrap();
    let next = scene.start();
    next.finish().await;
    assert_eq!(next.left(), 0);
    assert_eq!(scene.generations(5).await, [2]);
}

#[tokio::test]
async fn writers_beside_it_lose_nothing() {
    let mut scene = Scene::new();
    let process = scene.start();
    process.write(0..600).await;
    scene.rotate(&process).await;
    let writing = async {
        for number in (0..600).rev() {
            let mut read = process.records.get::<Note>(&key(number)).await.unwrap().unwrap();
            loop {
                let mut changes = process.records.changes();
                changes.replace(&read, &Note(format!("{} anew", key(number)))).unwrap();
                match process.records.commit(changes).await {
                    Ok(_) => break,
                    Err(RecordError::Conflict) => {
                        read = process.records.get::<Note>(&key(number)).await.unwrap().unwrap();
                    }
                    Err(error) => panic!("{error}"),
                }
                tokio::task::yield_now().await;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(writing, process.finish());
    process.job.step().await.unwrap();
    for number in 0..600 {
        let note = process.records.get::<Note>(&key(number)).await.unwrap().unwrap();
        assert_eq!(note.0, format!("{} anew", key(number)));
    }
    let counted = process.records.count_generations(&[], "", 100).await.unwrap();
    assert_eq!(counted.by_generation.into_keys().collect::<Vec<_>>(), [2]);
}
