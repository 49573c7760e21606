//! Rotations that are due: found once, bounded, and resumed after a crash in any step.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use strongroom_api::LongJob;

use super::RotateDueSecrets;
use crate::testing::{Room, Script, function, version};

/// Sets up the rotation of `name`, to begin when the schedule says.
async fn schedule(room: &Room, name: &str, rules: serde_json::Value) {
    room.create(name, "hunter2").await.unwrap();
    let body = json!({
        "SecretId": name, "ClientRequestToken": version(2), "RotateImmediately": false,
        "RotationLambdaARN": function("rotate"), "RotationRules": rules,
    });
    room.ok("RotateSecret", body).await;
}

async fn room() -> Room {
    let room = Room::new();
    room.functions.script("rotate", Script::Obedient);
    room
}

#[tokio::test]
async fn a_schedule_rotates_when_its_window_opens_and_not_before() {
    for (rules, opens) in [
        (json!({"AutomaticallyAfterDays": 10}), "2026-02-10T00:00:00Z"),
        (json!({"ScheduleExpression": "rate(10 days)"}), "2026-02-10T00:00:00Z"),
        (json!({"ScheduleExpression": "rate(12 hours)"}), "2026-01-31T12:00:00Z"),
        (json!({"ScheduleExpression": "cron(0 8 * * ? *)"}), "2026-02-01T08:00:00Z"),
        (
            json!({"ScheduleExpression": "cron(0 16 ? * MON#1 *)", "Duration": "3h"}),
            "2026-02-02T16:00:00Z",
        ),
    ] {
        let room = room().await;
        schedule(&room, "db", rules.clone()).await;
        // The test that setting it up takes.
        assert_eq!(room.rotate().await, 1);
        while room.stage.now().iso8601().as_str() < opens {
            assert_eq!(room.rotate().await, 0, "{rules} at {}", room.stage.now().iso8601());
            room.stage.advance_millis(30_000 - room.stage.now().millis() % 30_000);
        }
        assert_eq!(room.stage.now().iso8601(), opens);
        assert_eq!(room.rotate().await, 1, "{rules}");
        assert!(room.value("db").await.unwrap().starts_with("made-for-"));
        assert_eq!(room.rotate().await, 0);
    }
}

#[tokio::test]
async fn windows_that_were_slept_through_make_one_rotation() {
    for rules in [
        json!({"AutomaticallyAfterDays": 1}),
        json!({"ScheduleExpression": "cron(0 0/4 * * ? *)"}),
        json!({"ScheduleExpression": "rate(4 hours)"}),
    ] {
        let room = room().await;
        schedule(&room, "db", rules.clone()).await;
        room.rotate().await;
        room.stage.advance_days(100);
        assert_eq!(room.rotate().await, 1, "{rules}");
        assert_eq!(room.functions.steps().len(), 1 + 4);
        let next = room.describe("db").await["NextRotationDate"].as_i64().unwrap();
        assert!(next > room.stage.now().seconds(), "{rules}");
    }
}

#[tokio::test]
async fn nothing_happens_outside_a_window_whose_length_was_given() {
    let room = room().await;
    let rules = json!({"ScheduleExpression": "cron(0 8 * * ? *)", "Duration": "2h"});
    schedule(&room, "db", rules).await;
    room.rotate().await;
    // At 10:20 of another day yesterday's window and today's are closed.
    room.stage.advance_days(3);
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.functions.steps(), ["testSecret"]);
    assert_eq!(room.rotate().await, 0);
    room.stage.advance_millis(22 * 3_600_000);
    assert_eq!(room.stage.now().iso8601(), "2026-02-04T08:20:30Z");
    assert_eq!(room.rotate().await, 1);
    assert_eq!(room.functions.steps().len(), 1 + 4);
}

#[tokio::test]
async fn a_thousand_that_are_due_at_once_run_a_few_at_a_time_and_each_once() {
    let room = room().await;
    for number in 0..1_000 {
        let name = format!("db-{number:04}");
        room.create(&name, "hunter2").await.unwrap();
        let body = json!({
            "SecretId": name, "ClientRequestToken": version(2),
            "RotationLambdaARN": function("rotate"),
        });
        room.ok("RotateSecret", body).await;
    }
    let job = RotateDueSecrets(room.service.clone());
    let mut rounds = 0;
    loop {
        let due = job.due(room.stage.now(), job.most_at_once(), &HashSet::new()).await.unwrap();
        if due.is_empty() {
            break;
        }
        assert!(due.len() <= job.most_at_once());
        join_all(due.iter().map(|piece| room.work(piece))).await;
        rounds += 1;
    }
    assert_eq!(rounds, 100);
    assert_eq!(room.functions.steps().len(), 4_000);
    assert_eq!(room.functions.most_at_once(), job.most_at_once());
    assert!(room.stored_keys().await.iter().all(|key| !key.starts_with("due/")));
}

#[tokio::test]
async fn what_is_running_is_not_found_again() {
    let room = room().await;
    for name in ["a", "b"] {
        room.create(name, "hunter2").await.unwrap();
        let body = json!({
            "SecretId": name, "ClientRequestToken": version(2),
            "RotationLambdaARN": function("rotate"),
        });
        room.ok("RotateSecret", body).await;
    }
    let job = RotateDueSecrets(room.service.clone());
    let both = job.due(room.stage.now(), 10, &HashSet::new()).await.unwrap();
    assert_eq!(both.len(), 2);
    let first: HashSet<String> = both[..1].iter().cloned().collect();
    let rest = job.due(room.stage.now(), 1, &first).await.unwrap();
    assert_eq!(rest, both[1..]);
}

#[tokio::test]
async fn an_entry_that_outlived_its_secret_is_taken_out() {
    let room = room().await;
    let mut changes = room.service.records.changes();
    let entry = "due/secretsmanager/rotation/000000000000001/123456789012/us-east-1/gone";
    changes.index(entry, "gone");
    room.service.records.commit(changes).await.unwrap();
    assert_eq!(room.due().await, Vec::<String>::new());
    assert_eq!(room.stored_keys().await, Vec::<String>::new());
}

#[tokio::test]
async fn secrets_that_are_not_due_cost_nothing() {
    use strongroom_records::Records;

    let room = room().await;
    for number in 0..300 {
        let name = format!("db-{number:03}");
        schedule(&room, &name, json!({"AutomaticallyAfterDays": 10})).await;
    }
    while room.rotate().await > 0 {}
    let records = &room.service.records;
    let counted = Arc::new(counted::Counted::over(records.store().clone()));
    let records = Records::new(counted.clone(), records.keyring().clone(), 8 << 20);
    let elsewhere = Room::over(Arc::new(records));
    elsewhere.stage.advance_millis(60_000);
    assert_eq!(elsewhere.due().await, Vec::<String>::new());
    assert_eq!((counted.scanned(), counted.read()), (0, 0));
    elsewhere.stage.advance_days(20);
    let job = RotateDueSecrets(elsewhere.service.clone());
    let due = job.due(elsewhere.stage.now(), 10, &HashSet::new()).await.unwrap();
    assert_eq!(due.len(), 10);
    assert_eq!((counted.scanned(), counted.read()), (10, 10));
}

mod counted {
    //! A store that counts what is read of it.

    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use strongroom_store::{
        BoxFuture, CommitError, Compacted, Direction, Entry, Page, Range, Revision, Store,
        StoreError, Transaction, Watch,
    };

    pub(super) struct Counted {
        store: Arc<dyn Store>,
        scanned: AtomicUsize,
        read: AtomicUsize,
    }

    impl Counted {
        pub(super) fn over(store: Arc<dyn Store>) -> Self {
            Self { store, scanned: AtomicUsize::new(0), read: AtomicUsize::new(0) }
        }

        pub(super) fn scanned(&self) -> usize {
            self.scanned.load(Ordering::SeqCst)
        }

        pub(super) fn read(&self) -> usize {
            self.read.load(Ordering::SeqCst)
        }
    }

    impl Store for Counted {
        fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
            self.read.fetch_add(1, Ordering::SeqCst);
            self.store.get(key)
        }

        fn scan(
            &self,
            range: Range,
            direction: Direction,
            limit: usize,
        ) -> BoxFuture<'_, Result<Page, StoreError>> {
            Box::pin(async move {
                let page = self.store.scan(range, direction, limit).await?;
                self.scanned.fetch_add(page.entries.len(), Ordering::SeqCst);
                Ok(page)
            })
        }

        fn commit(&self, transaction: Transaction) -> BoxFuture<'_, Result<Revision, CommitError>> {
            self.store.commit(transaction)
        }

        fn watch(&self, range: Range, from: Revision) -> Result<Watch, Compacted> {
            self.store.watch(range, from)
        }

        fn revision(&self) -> Revision {
            self.store.revision()
        }

        fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
            self.store.close()
        }
    }
}
