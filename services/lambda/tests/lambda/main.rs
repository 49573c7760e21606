//! Functions, from the outside: through the dispatch that clients use.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod access;
mod built_in;
mod drafts;
mod events;
mod functions;
mod outcomes;
mod support;
mod versions;

use strongroom_testkit::every_operation_is_guarded_and_recorded;

use support::Room;

#[tokio::test]
async fn every_operation_is_guarded_and_leaves_one_record() {
    let room = Room::with_function("rotate").await;
    every_operation_is_guarded_and_recorded(&*room.host, &room.stage, &[]).await;
}
