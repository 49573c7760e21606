//! Archives that a crash left with nobody who owns them.

use std::sync::Arc;

use serde_json::json;
use strongroom_api::Job as _;
use strongroom_lambda::drafts::DeleteDrafts;
use strongroom_store::{Direction, Range, Store as _};
use strongroom_testkit::{MortalStore, records_over};

use crate::support::{Room, archive};

const HOUR_MILLIS: i64 = 3_600_000;

async fn job(room: &Room) -> u64 {
    let job = DeleteDrafts(Arc::clone(&room.lambda));
    job.run(&room.stage.circumstances()).await.unwrap().done
}

#[tokio::test]
async fn an_archive_that_nobody_came_to_own_goes_after_an_hour() {
    let room = Room::with_function("rotate").await;
    // What a server leaves that dies while it keeps the second of three pieces.
    let entry = format!(
        "due/lambda/draft/{:015}/123456789012/us-east-1/left",
        room.stage.now().millis() + HOUR_MILLIS
    );
    let pieces = "123456789012/us-east-1/lambda/code/left/";
    let mut changes = room.records.changes();
    changes.index(&entry, "3");
    changes.index(&format!("{pieces}00000"), "");
    changes.index(&format!("{pieces}00001"), "");
    room.records.commit(changes).await.unwrap();
    room.advance_millis(HOUR_MILLIS - 1);
    assert_eq!(job(&room).await, 0);
    room.advance_millis(1);
    assert_eq!(job(&room).await, 1);
    for prefix in ["due/lambda/draft/", pieces] {
        let left = room.records.scan_index(Range::prefix(prefix), Direction::Forward, 9).await;
        assert!(left.unwrap().entries.is_empty(), "{prefix}");
    }
    assert_eq!(job(&room).await, 0);
    room.call("Invoke", json!({ "FunctionName": "rotate" })).await.unwrap();
}

/// Keys of code, versions and drafts that are there.
async fn left(store: &MortalStore) -> Vec<String> {
    let home = "123456789012/us-east-1/lambda/";
    let mut keys = Vec::new();
    for prefix in [format!("{home}code/"), format!("{home}version/"), "due/".to_owned()] {
        let page = store.scan(Range::prefix(prefix), Direction::Forward, 99).await.unwrap();
        keys.extend(page.entries.into_iter().map(|entry| entry.key.to_string()));
    }
    keys
}

async fn change_code(room: &Room, text: &str) -> bool {
    let code = archive(&[("app.py", text)]);
    let body = json!({ "FunctionName": "rotate", "ZipFile": code, "Publish": true });
    room.call("UpdateFunctionCode", body).await.is_ok()
}

#[tokio::test]
async fn a_crash_anywhere_in_deleting_a_function_leaves_nothing_for_good() {
    for commits in 0..99 {
        let store = MortalStore::new();
        let room = Room::over(records_over(store.clone(), 7));
        room.create("rotate", json!({ "Publish": true })).await.unwrap();
        assert!(change_code(&room, "two").await && change_code(&room, "three").await);
        let before = left(&store).await;
        store.die_after(commits);
        let name = json!({ "FunctionName": "rotate" });
        let is_whole = room.call("DeleteFunction", name.clone()).await.is_ok();
        store.revive();
        if room.call("GetFunction", name.clone()).await.is_err() {
            // The name is free, and what had it before has left no versions to it.
            let made = room.create("rotate", json!({ "Publish": true })).await.unwrap();
            assert_eq!(made["Version"], "1");
        } else {
            assert_eq!((commits, left(&store).await), (0, before));
        }
        room.call("DeleteFunction", name).await.unwrap();
        room.advance_millis(HOUR_MILLIS);
        job(&room).await;
        assert_eq!(left(&store).await, Vec::<String>::new(), "after {commits} commits");
        if is_whole {
            assert!(commits > 3);
            return;
        }
    }
    panic!("it was never deleted as a whole");
}

#[tokio::test]
async fn a_crash_anywhere_in_changing_code_leaves_only_what_the_function_has() {
    for commits in 0..99 {
        let store = MortalStore::new();
        let room = Room::over(records_over(store.clone(), 7));
        room.create("rotate", json!({})).await.unwrap();
        store.die_after(commits);
        let body = json!({ "FunctionName": "rotate", "ZipFile": archive(&[("app.py", "two")]) });
        let is_whole = room.call("UpdateFunctionCode", body).await.is_ok();
        store.revive();
        room.advance_millis(HOUR_MILLIS);
        job(&room).await;
        room.call("Invoke", json!({ "FunctionName": "rotate" })).await.unwrap();
        assert_eq!(left(&store).await.len(), 1, "after {commits} commits");
        if is_whole {
            assert!(commits > 2);
            return;
        }
    }
    panic!("its code was never changed");
}
