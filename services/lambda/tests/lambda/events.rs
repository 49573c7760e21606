//! Calls that nobody waits for.

use std::sync::Arc;

use serde_json::json;
use strongroom_api::Job as _;
use strongroom_lambda::events::DeliverEvents;
use strongroom_lambda::runner::NotRun;

use crate::support::{Room, failed, payload};

async fn send(room: &Room) {
    let event =
        json!({ "FunctionName": "rotate", "InvocationType": "Event", "Payload": payload("7") });
    assert_eq!(room.call("Invoke", event).await.unwrap()["StatusCode"], 202);
}

async fn job(room: &Room) -> u64 {
    let report = DeliverEvents(Arc::clone(&room.lambda)).run(&room.stage.circumstances()).await;
    let done = report.unwrap().done;
    room.settle().await;
    done
}

#[tokio::test]
async fn an_event_is_acknowledged_first_and_delivered_once() {
    let room = Room::with_function("rotate").await;
    send(&room).await;
    assert_eq!(room.runner.count(), 0);
    room.settle().await;
    assert_eq!(room.runner.ran.lock().unwrap()[0].1, "7");
    room.advance_millis(3_600_000);
    assert_eq!(job(&room).await, 0);
    assert_eq!(room.runner.count(), 1);
}

#[tokio::test]
async fn a_failing_function_gets_an_event_three_times() {
    let room = Room::with_function("rotate").await;
    for _ in 0..3 {
        room.runner.answer(Ok(failed()));
    }
    send(&room).await;
    room.settle().await;
    room.advance_millis(59_000);
    assert_eq!(job(&room).await, 0);
    room.advance_millis(1_000);
    assert_eq!(job(&room).await, 1);
    room.advance_millis(120_000);
    assert_eq!(job(&room).await, 1);
    room.advance_millis(3_600_000);
    assert_eq!(job(&room).await, 0);
    assert_eq!(room.runner.count(), 3);
}

#[tokio::test]
async fn an_event_waits_while_there_is_no_room_but_not_forever() {
    let room = Room::with_function("rotate").await;
    room.runner.answer(Err(NotRun::ServerBusy));
    send(&room).await;
    room.settle().await;
    room.advance_millis(1_000);
    assert_eq!(job(&room).await, 1);
    assert_eq!(room.runner.count(), 2);

    room.runner.answer(Err(NotRun::ServerBusy));
    room.runner.answer(Err(NotRun::ServerBusy));
    send(&room).await;
    room.settle().await;
    room.advance_millis(7 * 3_600_000);
    assert_eq!(job(&room).await, 1);
    room.advance_millis(7 * 3_600_000);
    assert_eq!(job(&room).await, 0);
}

#[tokio::test]
async fn an_event_whose_server_died_is_taken_over() {
    let room = Room::with_function("rotate").await;
    send(&room).await;
    // The server stops before anything is done.
    room.runner.beside.lock().unwrap().clear();
    room.advance_millis(62_000);
    assert_eq!(job(&room).await, 0, "whoever began may still be at it");
    room.advance_millis(2_000);
    assert_eq!(job(&room).await, 1);
    assert_eq!(room.runner.count(), 1);
}
