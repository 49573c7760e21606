//! A process killed at any moment: what was acknowledged is there, what is half done is not.
//!
//! The test starts itself again as the process to be killed; so it has its own `main`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use strongroom_store::{Direction, Range, Revision, Store, Transaction};
use strongroom_store_sqlite::{Options, SqliteStore};
use tokio::runtime::Runtime;

const ROUNDS: u64 = 24;
const CLIENTS: u64 = 6;

/// Small, so that checkpoints are among what is interrupted.
fn options() -> Options {
    Options { wal_bytes: 256 << 10, ..Options::default() }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match &arguments[..] {
        [_, word, path, round] if word == "write-until-killed" => {
            write_until_killed(Path::new(path), round.parse().unwrap());
        }
        [_, rest @ ..] if rest.iter().any(|argument| argument == "--list") => {
            println!("a_process_killed_at_any_moment_loses_nothing: test");
        }
        _ => a_process_killed_at_any_moment_loses_nothing(),
    }
}

fn a_process_killed_at_any_moment_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let mut acknowledged = BTreeMap::new();
    let mut revision = 0;
    for round in 0..ROUNDS {
        let fresh = run_and_kill(&path, round);
        revision = fresh.values().copied().fold(revision, Revision::max);
        acknowledged.extend(fresh);
        revision = check(&path, &acknowledged, revision);
    }
    assert!(acknowledged.len() as u64 > ROUNDS * CLIENTS, "{}", acknowledged.len());
    println!("killed {ROUNDS} times, {} transactions acknowledged, none lost", acknowledged.len());
}

/// Starts a writer, kills it a while after its first acknowledgement, and returns all it acknowledged.
fn run_and_kill(path: &Path, round: u64) -> BTreeMap<String, Revision> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["write-until-killed", path.to_str().unwrap(), &round.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    assert_ne!(lines.read_line(&mut text).unwrap(), 0, "the writer did nothing");
    // Spread over two to two hundred milliseconds; that it varies is all that matters.
    std::thread::sleep(Duration::from_millis(2 + round * 7919 % 199));
    child.kill().unwrap();
    std::io::Read::read_to_string(&mut lines, &mut text).unwrap();
    child.wait().unwrap();
    // The last line may be cut off.
    let whole = &text[..text.rfind('\n').unwrap()];
    whole.lines().map(|line| parse(line).unwrap_or_else(|| panic!("{line}"))).collect()
}

fn parse(line: &str) -> Option<(String, Revision)> {
    let (key, revision) = line.split_once(' ')?;
    Some((key.to_owned(), revision.parse().ok()?))
}

/// Opens the store again and returns its revision.
fn check(path: &Path, acknowledged: &BTreeMap<String, Revision>, at_least: Revision) -> Revision {
    let store = SqliteStore::open(path, options()).unwrap();
    store.verify().unwrap();
    assert!(store.revision() >= at_least);
    Runtime::new().unwrap().block_on(async {
        let left = all(&store, "left/").await;
        let right = all(&store, "right/").await;
        assert_eq!(left, right, "a transaction is half there");
        for (key, revision) in acknowledged {
            assert_eq!(left.get(key), Some(revision), "{key}");
        }
        // What was deleted with the last acknowledged step of a client has not come back.
        for key in all(&store, "tmp/").await.keys() {
            assert!(!acknowledged.contains_key(key), "{key} came back");
        }
        store.close().await.unwrap();
    });
    store.revision()
}

async fn all(store: &SqliteStore, prefix: &str) -> BTreeMap<String, Revision> {
    let mut found = BTreeMap::new();
    let mut range = Range::prefix(prefix);
    loop {
        let page = store.scan(range.clone(), Direction::Forward, 500).await.unwrap();
        let strip = |key: &str| key.strip_prefix(prefix).unwrap().to_owned();
        found.extend(page.entries.iter().map(|entry| (strip(&entry.key), entry.revision)));
        let Some(last) = page.entries.last().filter(|_| page.more) else {
            return found;
        };
        range = range.after(&last.key);
    }
}

fn write_until_killed(path: &Path, round: u64) -> ! {
    let runtime = Runtime::new().unwrap();
    let store = Arc::new(SqliteStore::open(path, options()).unwrap());
    for client in 0..CLIENTS {
        let store = Arc::clone(&store);
        runtime.spawn(async move {
            for n in 0u64.. {
                let key = format!("{round}/{client}/{n}");
                let tmp = format!("tmp/{key}");
                store.commit(Transaction::new().put(&tmp, "")).await.unwrap();
                let value = vec![client as u8; 200 + (n % 1500) as usize];
                let pair = Transaction::new()
                    .put(format!("left/{key}"), value.clone())
                    .put(format!("right/{key}"), value);
                let revision = store.commit(pair.delete(tmp)).await.unwrap();
                // One write, so that no line is mixed with another's.
                let line = format!("{key} {revision}\n");
                std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    loop {
        std::thread::park();
    }
}
