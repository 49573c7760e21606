//! Archives that a crash left before anybody owned them.

use std::sync::Arc;

use serde_json::json;
use strongroom_api::Job as _;
use strongroom_lambda::drafts::DeleteDrafts;
use strongroom_store::{Direction, Range};

use crate::support::Room;

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
